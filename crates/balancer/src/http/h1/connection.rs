//! A client's connection, request by request. [`Connection::handle`] is the whole way of a request from top to bottom.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use super::head::{Refusal, parse};
use super::{forward, function, respond};
use crate::config::Desync;
use crate::http::answer::Answer;
use crate::http::decide::{Cookies, Decision, decide, matching};
use crate::http::desync::{Handling, Verdict};
use crate::http::fault::Fault;
use crate::http::forwarded::rewrite;
use crate::http::message::{Framing, Known, RequestHead, ResponseHead, Version};
use crate::http::record::{Record, RequestKind};
use crate::http::serve::Peer;
use crate::io::{Buffer, Patience, Stream, Wire};
use crate::snapshot::{Action, Snapshot};
use crate::worker::Worker;

pub struct Connection {
    pub worker: Rc<Worker>,
    pub wire: Wire,
    pub patience: Patience,
    pub peer: Peer,
    since: Instant,
}

/// Storage that a request needs while it is under way.
#[derive(Default)]
pub struct Scratch {
    pub head: RequestHead,
    pub answer: ResponseHead,
    /// What is about to be written, to the target and to the client.
    pub to_target: Vec<u8>,
    pub to_client: Vec<u8>,
}

/// How a request ended for the connection that it came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    KeepAlive,
    Close,
    /// The client may still be sending: what it sends is read and thrown away for a while, or it might never see the answer.
    Linger,
}

/// Thrown away of what a client still sends after its answer.
const LINGER: Duration = Duration::from_secs(2);
/// A longer body of a request that was answered without it is not read to its end.
const LONGEST_IGNORED_BODY: u64 = 64 << 10;

pub async fn serve(worker: Rc<Worker>, stream: Stream, peer: Peer) {
    let view = worker.view();
    let idle = Duration::from_secs(view.attributes.idle_timeout_seconds.into());
    drop(view);
    let connection =
        Connection { worker, wire: Wire::new(stream), patience: Patience::new(idle), peer, since: Instant::now() };
    let mut buffer = Buffer::default();
    let last = loop {
        if buffer.is_empty() && !connection.something_arrives(&mut buffer).await {
            break Next::Close;
        }
        let mut scratch = connection.worker.take_scratch();
        let next = connection.one_request(&mut buffer, &mut scratch).await;
        connection.worker.give_scratch(scratch);
        connection.worker.buffers.reclaim(&mut buffer);
        if next != Next::KeepAlive {
            break next;
        }
    };
    connection.close(last, &mut buffer).await;
    let bytes = connection.wire.received() + connection.wire.sent();
    connection.worker.cells().bytes.add(bytes);
}

impl Connection {
    /// Waits for the first byte of a request. False if the client has gone, or has had nothing to say for too long.
    async fn something_arrives(&self, buffer: &mut Buffer) -> bool {
        self.patience.renew();
        let stock = &self.worker.buffers;
        poll_fn(|cx| match self.wire.poll_fill_from(cx, buffer, stock) {
            Poll::Ready(read) => Poll::Ready(matches!(read, Ok(count) if count > 0)),
            Poll::Pending => self.patience.poll_over(cx).map(|()| false),
        })
        .await
    }

    async fn one_request(&self, buffer: &mut Buffer, scratch: &mut Scratch) -> Next {
        self.patience.renew();
        match self.read_head(buffer, &mut scratch.head).await {
            Ok(Some(verdict)) => self.serve_request(buffer, scratch, verdict).await,
            Ok(None) => Next::Close,
            Err(refusal) => self.refuse(refusal, scratch).await,
        }
    }

    /// The whole head has to come within the idle timeout, however slowly it drips.
    async fn read_head(&self, buffer: &mut Buffer, head: &mut RequestHead) -> Result<Option<Verdict>, Refusal> {
        loop {
            if let Some((length, verdict)) = parse(buffer.unread(), head)? {
                buffer.consume(length);
                return Ok(Some(verdict));
            }
            let read = poll_fn(|cx| match self.wire.poll_fill(cx, buffer) {
                Poll::Ready(read) => Poll::Ready(Some(read)),
                Poll::Pending => self.patience.poll_over(cx).map(|()| None),
            });
            match read.await {
                None => return Err(Fault::ClientTimeout.into()),
                Some(Ok(count)) if count > 0 => {}
                Some(_) => return Ok(None),
            }
        }
    }

    /// What never became a request is answered and counted, too.
    async fn refuse(&self, refusal: Refusal, scratch: &mut Scratch) -> Next {
        let view = self.worker.view();
        self.worker.cells().requests.add(1);
        let mut record = Record::new(RequestKind::of(&self.peer.origin, Version::Http11, false), refusal.verdict);
        tracing::debug!("{}: {} (fault of: {})", self.peer.origin.client, refusal.fault, refusal.fault.side());
        let next = respond::fault(self, &refusal.fault, scratch, &mut record, false).await;
        self.finish(&view, &record, &scratch.head);
        next
    }

    async fn serve_request(&self, buffer: &mut Buffer, scratch: &mut Scratch, verdict: Verdict) -> Next {
        let _busy = self.worker.busy();
        self.worker.cells().requests.add(1);
        let view = self.worker.view();
        let upgrades = wants_upgrade(&scratch.head);
        let mut record = Record::new(RequestKind::of(&self.peer.origin, scratch.head.version, upgrades), verdict);
        let (received, sent) = (self.wire.received(), self.wire.sent());
        let next = match self.handle(&view, buffer, scratch, &mut record).await {
            Ok(next) => next,
            Err(fault) => {
                tracing::debug!(
                    "{} {}: {fault} (fault of: {})",
                    self.peer.origin.client,
                    scratch.head.target(),
                    fault.side()
                );
                record.error_reason = fault.reason();
                // With a body that was not read, or not to its end, the next request has no beginning.
                let keeps = scratch.head.framing == Framing::None && self.keeps(&view, &scratch.head, Handling::Pass);
                respond::fault(self, &fault, scratch, &mut record, keeps).await
            }
        };
        record.received_bytes = self.wire.received() - received;
        record.sent_bytes = self.wire.sent() - sent;
        self.finish(&view, &record, &scratch.head);
        next
    }

    /// The way of a request: hygiene, rule, action, target, answer.
    async fn handle(
        &self,
        view: &Snapshot,
        buffer: &mut Buffer,
        scratch: &mut Scratch,
        record: &mut Record,
    ) -> Result<Next, Fault> {
        let handling = self.hygiene(view, &mut scratch.head, record.verdict)?;
        let listener = view.listener(self.peer.key).ok_or(Fault::ClientGone)?;
        let rule = matching(listener, &scratch.head, self.peer.origin.client.ip(), self.worker.cells())?;
        record.priority = Some(rule.priority);
        record.actions = match rule.action {
            Action::Forward(_) => "forward",
            Action::Redirect(_) => "redirect",
            Action::FixedResponse { .. } => "fixed-response",
        };
        let cookies = Cookies { sealer: &self.worker.shared.sealer, now: crate::http::date::now() };
        let keeps = self.keeps(view, &scratch.head, handling);
        match decide(view, rule, &scratch.head, &self.peer.origin, &cookies)? {
            Decision::Answer(answer) => self.answer(answer, buffer, scratch, record, keeps).await,
            Decision::Forward(route) => {
                if scratch.head.fields.lists(Known::Expect, "100-continue") && scratch.head.framing != Framing::None {
                    // Answered at once and not passed on (*User Guide, HTTP connections: Expect*).
                    self.wire.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.map_err(|_| Fault::ClientGone)?;
                }
                let random = &mut rand::rng();
                record.trace_id = rewrite(&mut scratch.head, &self.peer.origin, &view.attributes, cookies.now, random)?;
                if route.group.is_function() {
                    return function::forward(self, &route, &cookies, buffer, scratch, record, keeps).await;
                }
                let reuses = handling != Handling::PassAndClose;
                forward::forward(self, &route, &cookies, buffer, scratch, record, keeps, reuses).await
            }
        }
    }

    fn hygiene(&self, view: &Snapshot, head: &mut RequestHead, verdict: Verdict) -> Result<Handling, Fault> {
        let attributes = &view.attributes;
        let handling = verdict.handling(attributes.desync_mitigation);
        if handling == Handling::Refuse {
            return Err(Fault::Malformed(verdict.reason));
        }
        if attributes.desync_mitigation == Desync::Monitor && verdict != Verdict::default() {
            tracing::debug!("{}: {} request: {}", self.peer.origin.client, verdict.class_name(), verdict.reason);
        }
        if attributes.drop_invalid_header_fields {
            // *User Guide, routing.http.drop_invalid_header_fields.enabled*: letters, digits and hyphens are valid.
            head.fields.retain(|_, name| name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-'));
        }
        Ok(handling)
    }

    /// Whether there may be another request after this one.
    fn keeps(&self, view: &Snapshot, head: &RequestHead, handling: Handling) -> bool {
        let limit = Duration::from_secs(view.attributes.client_keep_alive_seconds.into());
        let wishes = match head.version {
            Version::Http10 => head.fields.lists(Known::Connection, "keep-alive"),
            _ => !head.fields.lists(Known::Connection, "close"),
        };
        wishes && handling == Handling::Pass && self.since.elapsed() < limit && !self.worker.is_stopping()
    }

    /// A redirect or a fixed response. A body of moderate length that came with the request is read and forgotten.
    async fn answer(
        &self,
        answer: Answer,
        buffer: &mut Buffer,
        scratch: &mut Scratch,
        record: &mut Record,
        keeps: bool,
    ) -> Result<Next, Fault> {
        let is_short = matches!(scratch.head.framing, Framing::None)
            || matches!(scratch.head.framing, Framing::Length(length) if length <= LONGEST_IGNORED_BODY);
        let has_body = scratch.head.framing != Framing::None;
        if has_body && is_short {
            forward::discard_body(self, buffer, scratch.head.framing).await?;
        }
        let next = respond::answer(self, answer, scratch, record, keeps && is_short).await;
        Ok(if is_short { next } else { Next::Linger })
    }

    fn finish(&self, view: &Snapshot, record: &Record, head: &RequestHead) {
        self.worker.log(view, &self.peer, record, head);
    }

    async fn close(&self, last: Next, buffer: &mut Buffer) {
        if self.wire.shutdown().await.is_err() || last != Next::Linger {
            return;
        }
        let rest = async {
            loop {
                buffer.consume(buffer.unread().len());
                match self.wire.fill(buffer).await {
                    Ok(count) if count > 0 => {}
                    _ => return,
                }
            }
        };
        let _ = tokio::time::timeout(LINGER, rest).await;
    }
}

/// `Connection: upgrade` with something to upgrade to, other than HTTP/2 in the clear, which is not offered.
pub fn wants_upgrade(head: &RequestHead) -> bool {
    head.version == Version::Http11
        && head.fields.lists(Known::Connection, "upgrade")
        && head.fields.get(Known::Upgrade).is_some_and(|to| !to.to_ascii_lowercase().starts_with(b"h2c"))
}
