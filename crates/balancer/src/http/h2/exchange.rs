//! The exchange of one stream with a target, over HTTP/2 or HTTP/1.1.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Response;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::body::{Body, Http1};
use super::stream::MakeBody;
use super::{Activity, convert};
use crate::config::ProtocolVersion;
use crate::http::decide::{Cookies, Route};
use crate::http::fault::Fault;
use crate::http::h1::{self, Decoder, connect, encode_chunk, encode_request};
use crate::http::message::{Framing, Known, RequestHead, ResponseHead, Version};
use crate::http::record::Record;
use crate::http::serve::Peer;
use crate::http::upstream::{Established, Sender};
use crate::io::{Buffer, Patience, Wire};
use crate::snapshot::{Live, Target};
use crate::worker::{View, Worker};

/// What happens when a stream has ended, whichever way: it is counted and logged.
pub struct Finish {
    pub worker: Rc<Worker>,
    pub peer: Rc<Peer>,
    pub view: Rc<View>,
    pub head: RequestHead,
    pub record: Record,
    activity: Rc<Activity>,
    live: Option<Arc<Live>>,
}

impl Finish {
    pub fn new(worker: Rc<Worker>, peer: Rc<Peer>, activity: Rc<Activity>, record: Record) -> Finish {
        worker.begin();
        activity.begin();
        let view = worker.view();
        Finish { worker, peer, view, head: RequestHead::default(), record, activity, live: None }
    }

    pub fn sent(&mut self, bytes: usize) {
        self.record.sent_bytes += bytes as u64;
    }

    /// The request is with this target now, and with no other.
    fn with(&mut self, target: &Target) {
        self.begins(target);
        self.record.target = Some(target.address);
        self.record.sent = Some(Instant::now());
    }

    /// It is this target's from now on, which may have no address.
    pub fn begins(&mut self, target: &Target) {
        self.leave();
        let index = self.worker.index;
        target.live.active.of(index).add(1);
        target.live.cells.of(index).requests.add(1);
        self.live = Some(target.live.clone());
    }

    fn leave(&mut self) {
        if let Some(live) = self.live.take() {
            live.active.of(self.worker.index).sub(1);
        }
    }

    fn answered(&mut self, status: u16) {
        self.record.answered = Some(Instant::now());
        self.record.status = Some(status);
        self.record.target_status = Some(status);
        if let Some(live) = &self.live {
            live.cells.of(self.worker.index).answered(status, self.record.target_micros());
        }
    }
}

impl Drop for Finish {
    fn drop(&mut self) {
        self.leave();
        // A stream that is dropped before it has a status was reset by its client.
        if self.record.status.is_none() {
            self.record.status = Some(Fault::ClientGone.status());
            self.worker.cells().answered(Fault::ClientGone.status());
        }
        self.worker.cells().bytes.add(self.record.sent_bytes + self.record.received_bytes);
        self.worker.log(&self.view, &self.peer, &self.record, &self.head);
        self.activity.end();
        self.worker.end();
    }
}

pub async fn forward(
    finish: &mut Finish,
    route: &Route<'_>,
    cookies: &Cookies<'_>,
    body: &mut Option<Incoming>,
    is_grpc: bool,
) -> Result<Response<MakeBody>, Fault> {
    finish.record.group = Some(route.group.arn.clone());
    if let Framing::Length(length) = finish.head.framing {
        finish.record.received_bytes = length;
    }
    match route.group.version {
        ProtocolVersion::Http1 if is_grpc => Err(Fault::Protocol),
        ProtocolVersion::Http1 => over_http1(finish, route, cookies, body).await,
        // *User Guide, HTTP 464*: gRPC is POST.
        ProtocolVersion::Grpc if finish.head.method() != "POST" => Err(Fault::Protocol),
        _ => over_http2(finish, route, cookies, body).await,
    }
}

pub fn idle(finish: &Finish) -> Duration {
    Duration::from_secs(finish.view.attributes.idle_timeout_seconds.into())
}

async fn over_http2(
    finish: &mut Finish,
    route: &Route<'_>,
    cookies: &Cookies<'_>,
    body: &mut Option<Incoming>,
) -> Result<Response<MakeBody>, Fault> {
    let mut tried = Vec::new();
    let (target, mut sender) = loop {
        let target = route.choose(&tried).ok_or(Fault::NoTargets)?;
        let has_others = route.has_others(target, &tried);
        match Sender::to(&finish.worker, route.group, target, has_others).await {
            Ok(sender) => break (target, sender),
            Err(_) if has_others => tried.push(target.hash),
            Err(fault) => return Err(fault),
        }
    };
    finish.with(target);
    let scheme = if route.group.uses_tls() { "https" } else { "http" };
    let body = body.take().ok_or(Fault::TargetClosed)?;
    let request = convert::to_target(&finish.head, scheme, body)?;
    let answer = tokio::time::timeout(idle(finish), sender.send(request)).await;
    let (mut parts, body) = answer.map_err(|_| Fault::TargetTimeout)??.into_parts();
    finish.answered(parts.status.as_u16());
    let mut answer = ResponseHead::default();
    for value in parts.headers.get_all(http::header::SET_COOKIE) {
        answer.fields.push(b"set-cookie", value.as_bytes());
    }
    convert::add_cookies(&route.cookies(target, &answer.fields, cookies), &mut parts.headers);
    Ok(Response::from_parts(parts, Box::new(move |finish| Body::http2(body, finish))))
}

async fn over_http1(
    finish: &mut Finish,
    route: &Route<'_>,
    cookies: &Cookies<'_>,
    body: &mut Option<Incoming>,
) -> Result<Response<MakeBody>, Fault> {
    let mut tried = Vec::new();
    let mut fresh = false;
    loop {
        let target = route.choose(&tried).ok_or(Fault::NoTargets)?;
        let established = match connect(&finish.worker, route, target, &mut tried, fresh).await {
            Ok(established) => established,
            Err(None) => continue,
            Err(Some(fault)) => return Err(fault),
        };
        finish.with(target);
        let is_reused = established.is_reused;
        let may_repeat = finish.head.framing == Framing::None && finish.head.is_idempotent();
        match exchange(finish, established, body).await {
            Err(Fault::TargetClosed) if is_reused && may_repeat => fresh = true,
            Err(fault) => return Err(fault),
            Ok((answer, rest)) => {
                finish.answered(answer.status);
                let set = route.cookies(target, &answer.fields, cookies);
                let body: MakeBody = Box::new(move |finish| Body::http1(rest, finish));
                return convert::from_http1(&answer, &set, body);
            }
        }
    }
}

async fn exchange(
    finish: &Finish,
    with: Established,
    body: &mut Option<Incoming>,
) -> Result<(ResponseHead, Http1), Fault> {
    let wire = Rc::new(with.wire);
    let mut out = Vec::with_capacity(1024);
    encode_request(&finish.head, false, &mut out);
    wire.write_all(&out).await.map_err(|_| Fault::TargetClosed)?;
    let is_sent = Rc::new(Cell::new(finish.head.framing == Framing::None));
    if let (false, Some(body)) = (is_sent.get(), body.take()) {
        tokio::task::spawn_local(upload(wire.clone(), body, finish.head.framing, is_sent.clone()));
    }
    let patience = Patience::new(idle(finish));
    let mut buffer = Buffer::default();
    let answer = read_answer(&wire, &mut buffer, finish.head.method(), &patience).await?;
    let persists = match answer.version {
        Version::Http10 => answer.fields.lists(Known::Connection, "keep-alive"),
        _ => !answer.fields.lists(Known::Connection, "close"),
    };
    let worker = finish.worker.clone();
    let done = move |wire: Rc<Wire>, in_order: bool| {
        if in_order && persists && is_sent.get() {
            worker.pool.give_shared(with.key, wire);
        }
    };
    let length = match answer.framing {
        Framing::Length(length) => Some(length),
        Framing::None => Some(0),
        _ => None,
    };
    let mut rest =
        Http1 { wire, buffer, decoder: Decoder::new(answer.framing), patience, done: Some(Box::new(done)), length };
    rest.end_if_empty();
    Ok((answer, rest))
}

async fn read_answer(
    wire: &Wire,
    buffer: &mut Buffer,
    method: &str,
    patience: &Patience,
) -> Result<ResponseHead, Fault> {
    let mut answer = ResponseHead::default();
    loop {
        while let Some(length) = h1::parse_response(buffer.unread(), method, &mut answer)? {
            buffer.consume(length);
            match answer.status {
                101 => return Err(Fault::BadAnswer("an upgrade that nobody asked for")),
                100..=199 => {}
                _ => return Ok(answer),
            }
        }
        let read = poll_fn(|cx| match wire.poll_fill(cx, buffer) {
            std::task::Poll::Ready(read) => std::task::Poll::Ready(Some(read)),
            std::task::Poll::Pending => patience.poll_over(cx).map(|()| None),
        });
        match read.await {
            None => return Err(Fault::TargetTimeout),
            Some(Ok(count)) if count > 0 => {}
            Some(_) if buffer.is_empty() => return Err(Fault::TargetClosed),
            Some(_) => return Err(Fault::BadAnswer("it ended within its head")),
        }
    }
}

/// Sends a body on while the answer may already be coming. A client that breaks off leaves the target with half a request,
/// which ends with its connection.
async fn upload(wire: Rc<Wire>, mut body: Incoming, framing: Framing, is_sent: Rc<Cell<bool>>) {
    let mut out = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            let _ = wire.shutdown().await;
            return;
        };
        // Trailers have no place in what HTTP/1.1 targets expect.
        let Ok(data) = frame.into_data() else { continue };
        let sent = match framing {
            Framing::Chunked => {
                out.clear();
                encode_chunk(&data, &mut out);
                wire.write_all(&out).await
            }
            _ => wire.write_all(&data).await,
        };
        if sent.is_err() {
            return;
        }
    }
    if framing != Framing::Chunked || wire.write_all(b"0\r\n\r\n").await.is_ok() {
        is_sent.set(true);
    }
}
