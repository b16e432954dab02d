//! One request of an HTTP/2 client, from top to bottom.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, HeaderValue, LOCATION, SERVER};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::body::Body;
use super::exchange::{self, Finish};
use super::{Activity, convert, function};
use crate::config::Desync;
use crate::http::answer::{self, Answer, Kind};
use crate::http::decide::{Cookies, Decision, decide, matching};
use crate::http::desync::Verdict;
use crate::http::fault::Fault;
use crate::http::forwarded::rewrite;
use crate::http::message::{Known, RequestHead, Version};
use crate::http::record::{Record, RequestKind};
use crate::http::serve::Peer;
use crate::snapshot::Action;
use crate::worker::Worker;

pub async fn serve(
    worker: Rc<Worker>,
    peer: Rc<Peer>,
    activity: Rc<Activity>,
    request: Request<Incoming>,
) -> Response<Body> {
    worker.cells().requests.add(1);
    let record = Record::new(RequestKind::of(&peer.origin, Version::Http2, false), Verdict::default());
    let mut finish = Finish::new(worker, peer, activity, record);
    let (parts, body) = request.into_parts();
    let mut body = Some(body);
    let outcome = handle(&mut finish, &parts, &mut body).await;
    if let Some(unread) = body.filter(|body| !body.is_end_stream()) {
        tokio::task::spawn_local(tokio::time::timeout(DISCARD_LIMIT, discard(unread)));
    }
    match outcome {
        Ok(response) => response.map(|body| body(finish)),
        Err(fault) => {
            tracing::debug!("{} {}: {fault}", finish.peer.origin.client, finish.head.target());
            finish.record.error_reason = fault.reason();
            own(Answer::to(&fault), finish)
        }
    }
}

/// What is read of a body that nobody wants: more than a client that is told that a function takes 1 MB has on its way.
const LONGEST_DISCARDED: usize = 4 << 20;
const DISCARD_LIMIT: Duration = Duration::from_secs(2);

/// Makes a body of what must happen at its end.
pub type MakeBody = Box<dyn FnOnce(Finish) -> Body>;

/// Clients take it for an error if the stream of an answered request is reset while they still send.
async fn discard(mut body: Incoming) {
    let mut left = LONGEST_DISCARDED;
    while let Some(Ok(frame)) = body.frame().await {
        left = left.saturating_sub(frame.data_ref().map_or(0, bytes::Bytes::len));
        if left == 0 {
            return;
        }
    }
}

/// `body` stays where it is if nobody reads it.
async fn handle(finish: &mut Finish, parts: &Parts, body: &mut Option<Incoming>) -> Result<Response<MakeBody>, Fault> {
    let has_body = body.as_ref().is_some_and(|body| !body.is_end_stream());
    finish.head = convert::request_head(parts, has_body)?;
    let view = finish.view.clone();
    hygiene(&mut finish.head, view.attributes.drop_invalid_header_fields, view.attributes.desync_mitigation)?;
    let peer = finish.peer.clone();
    let is_grpc = finish.head.fields.get(Known::ContentType).is_some_and(|kind| kind.starts_with(b"application/grpc"));
    if is_grpc {
        finish.record.kind = RequestKind::Grpc;
    }
    let listener = view.listener(peer.key).ok_or(Fault::ClientGone)?;
    let rule = matching(listener, &finish.head, peer.origin.client.ip(), finish.worker.cells())?;
    finish.record.priority = Some(rule.priority);
    finish.record.actions = match rule.action {
        Action::Forward(_) => "forward",
        Action::Redirect(_) => "redirect",
        Action::FixedResponse { .. } => "fixed-response",
    };
    let worker = finish.worker.clone();
    let cookies = Cookies { sealer: &worker.shared.sealer, now: crate::http::date::now() };
    match decide(&view, rule, &finish.head, &peer.origin, &cookies)? {
        Decision::Answer(answer) => Ok(answered(answer, finish)),
        Decision::Forward(route) => {
            let random = &mut rand::rng();
            finish.record.trace_id = rewrite(&mut finish.head, &peer.origin, &view.attributes, cookies.now, random)?;
            match route.group.is_function() {
                true => function::forward(finish, &route, &cookies, body).await,
                false => exchange::forward(finish, &route, &cookies, body, is_grpc).await,
            }
        }
    }
}

/// hyper has refused what HTTP/2 forbids; what is left to check are forwarded look-alikes of framing fields.
fn hygiene(head: &mut RequestHead, drops_invalid: bool, mode: Desync) -> Result<(), Fault> {
    let suspicious =
        head.fields.iter().any(|(known, name, _)| known == Known::Other && crate::http::desync::is_suspicious(name));
    if suspicious && mode == Desync::Strictest {
        return Err(Fault::Malformed("SuspiciousHeader"));
    }
    if drops_invalid {
        head.fields.retain(|_, name| name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-'));
    }
    Ok(())
}

fn answered(answer: Answer, finish: &mut Finish) -> Response<MakeBody> {
    let cells = finish.worker.cells();
    cells.answered(answer.status);
    match answer.kind {
        Kind::Error => {}
        Kind::Redirect => cells.redirects.add(1),
        Kind::Fixed => cells.fixed_responses.add(1),
    }
    finish.record.status = Some(answer.status);
    finish.record.redirect_url.clone_from(&answer.location);
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static(answer::SERVER));
    let date = finish.worker.http_date();
    let others = [(DATE, Some(date)), (CONTENT_TYPE, Some(answer.content_type)), (LOCATION, answer.location)];
    for (name, value) in others {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    let bytes = if finish.head.method() == "HEAD" { Bytes::new() } else { Bytes::from(answer.body) };
    response.map(|()| -> MakeBody { Box::new(move |finish| Body::own(bytes, finish)) })
}

fn own(answer: Answer, mut finish: Finish) -> Response<Body> {
    let response = answered(answer, &mut finish);
    response.map(|body| body(finish))
}
