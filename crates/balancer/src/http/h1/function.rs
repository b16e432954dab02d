//! A request that a function answers, over HTTP/1.1.

use super::connection::{Connection, Next, Scratch, wants_upgrade};
use super::encode;
use super::forward::{leaves, read_body};
use crate::counters::Under;
use crate::functions::contract::Reason;
use crate::functions::{Exchange, LARGEST_BODY};
use crate::http::decide::{Cookies, Route};
use crate::http::fault::Fault;
use crate::http::forwarded::decimal;
use crate::http::message::Framing;
use crate::http::record::Record;
use crate::io::Buffer;

pub async fn forward(
    connection: &Connection,
    route: &Route<'_>,
    cookies: &Cookies<'_>,
    buffer: &mut Buffer,
    scratch: &mut Scratch,
    record: &mut Record,
    keeps: bool,
) -> Result<Next, Fault> {
    if wants_upgrade(&scratch.head) {
        // *User Guide, Lambda functions as targets: Limits*.
        return Err(Fault::Malformed("functions take no upgrades"));
    }
    record.group = Some(route.group.arn.clone());
    let target = route.choose(&[]).ok_or(Fault::NoTargets)?;
    let worker = &connection.worker;
    let _active = Under::way(target.live.active.of(worker.index));
    target.live.cells.of(worker.index).requests.add(1);
    let exchange = Exchange { worker, group: route.group, target };
    let body = match gather(connection, buffer, scratch.head.framing).await {
        Err(Fault::Function(reason)) => return Err(exchange.fails(reason)),
        gathered => gathered?,
    };
    // It has been read to its end, so that another request may follow whatever becomes of this one.
    scratch.head.framing = Framing::None;
    let head = &scratch.head;
    let mut answered = tokio::select! {
        answered = exchange.run(head, &body, record) => answered?,
        fault = leaves(connection, buffer) => return Err(fault),
    };
    let is_head = head.method() == "HEAD";
    match answered.head.status {
        204 | 304 => {}
        // The length of what a GET would have.
        _ if is_head => {
            let mut room = [0; 20];
            answered.head.fields.push(b"Content-Length", decimal(answered.body.len() as u64, &mut room));
        }
        _ => answered.head.framing = Framing::Length(answered.body.len() as u64),
    }
    let cookies = route.cookies(target, &answered.head.fields, cookies);
    let out = &mut scratch.to_client;
    out.clear();
    encode::response(&answered.head, head.version, keeps, &cookies, out);
    if !is_head {
        out.extend_from_slice(&answered.body);
    }
    match connection.wire.write_all(out).await {
        Ok(()) if keeps => Ok(Next::KeepAlive),
        _ => Ok(Next::Close),
    }
}

/// The body, whole: an event has all of it.
async fn gather(connection: &Connection, buffer: &mut Buffer, framing: Framing) -> Result<Vec<u8>, Fault> {
    let too_large = || Fault::Function(Reason::RequestTooLarge);
    if matches!(framing, Framing::Length(length) if length > LARGEST_BODY as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    let takes = |piece: &[u8]| {
        if body.len() + piece.len() > LARGEST_BODY {
            return Err(too_large());
        }
        body.extend_from_slice(piece);
        Ok(())
    };
    read_body(connection, buffer, framing, takes).await?;
    Ok(body)
}
