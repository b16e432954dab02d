//! One request, answered by a function: the same whether it came over HTTP/1.1 or HTTP/2.

use std::io;
use std::path::Path;
use std::time::Instant;

use tokio::net::UnixStream;

use super::contract::{Ask, Reason, Told, hear, say};
use super::{Answered, answer, event};
use crate::counters::{GroupCells, NodeCells};
use crate::http::answer::SERVER;
use crate::http::fault::Fault;
use crate::http::message::{Known, RequestHead};
use crate::http::record::Record;
use crate::snapshot::{Group, Target};
use crate::worker::Worker;

/// Bytes of a request's body (*Limits*).
pub const LARGEST_BODY: usize = 1 << 20;

/// Between a request and the function that is the group's target.
pub struct Exchange<'a> {
    pub worker: &'a Worker,
    pub group: &'a Group,
    pub target: &'a Target,
}

impl Exchange<'_> {
    fn cells(&self) -> (&GroupCells, &NodeCells) {
        (self.target.live.cells.of(self.worker.index), self.worker.cells())
    }

    /// Counts a failure. Also for whoever finds out before anything runs.
    pub fn fails(&self, reason: Reason) -> Fault {
        let (cells, _) = self.cells();
        match reason.is_internal() {
            true => cells.function_internal_errors.add(1),
            false => cells.function_user_errors.add(1),
        }
        Fault::Function(reason)
    }

    /// Runs the function and waits, however long it may run: it has a timeout of its own.
    pub async fn run(&self, head: &RequestHead, body: &[u8], record: &mut Record) -> Result<Answered, Fault> {
        let event = event::encode(&self.group.arn, head, body, self.group.multi_value_headers);
        let event = event.map_err(|reason| self.fails(reason))?;
        let ask = Ask { group: self.group.arn.clone(), function: self.target.id.clone() };
        record.sent = Some(Instant::now());
        let returned = tokio::select! {
            returned = invoke(&self.worker.shared.functions, &ask, &event) => returned,
            // *Deregister the Lambda function*: what is under way fails.
            () = self.target.live.flows_end() => return Err(Fault::TargetClosed),
        };
        record.answered = Some(Instant::now());
        let returned = match returned {
            Ok(returned) => returned,
            Err(error) => {
                tracing::debug!("the region runs no functions at this moment: {error}");
                Err(Reason::ServiceException)
            }
        };
        let (cells, node) = self.cells();
        let bytes = (event.len() + returned.as_ref().map_or(0, Vec::len)) as u64;
        cells.function_bytes.add(bytes);
        node.bytes.add(bytes);
        let answered = returned.and_then(|returned| answer::decode(&returned, self.group.multi_value_headers));
        let mut answered = answered.map_err(|reason| self.fails(reason))?;
        record.status = Some(answered.head.status);
        cells.answered(answered.head.status, record.target_micros());
        let fields = &mut answered.head.fields;
        if fields.get(Known::Server).is_none() {
            fields.push(b"Server", SERVER.as_bytes());
        }
        if fields.get(Known::Date).is_none() {
            fields.push(b"Date", self.worker.http_date().as_bytes());
        }
        Ok(answered)
    }
}

/// Has the region run a function. An error is one of the region's, not of the function's.
pub async fn invoke(socket: &Path, ask: &Ask, event: &[u8]) -> io::Result<Result<Vec<u8>, Reason>> {
    let mut stream = UnixStream::connect(socket).await?;
    say(&mut stream, ask, event).await?;
    let (told, returned) = hear::<Told>(&mut stream).await?;
    Ok(match told {
        Told::Returned => Ok(returned),
        Told::Failed(reason) => Err(reason),
    })
}
