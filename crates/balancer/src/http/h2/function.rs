//! A request that a function answers, over HTTP/2.

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::body::Body;
use super::convert;
use super::exchange::{Finish, idle};
use super::stream::MakeBody;
use crate::functions::contract::Reason;
use crate::functions::{Exchange, LARGEST_BODY};
use crate::http::decide::{Cookies, Route};
use crate::http::fault::Fault;
use crate::http::forwarded::decimal;
use crate::http::message::Framing;

pub async fn forward(
    finish: &mut Finish,
    route: &Route<'_>,
    cookies: &Cookies<'_>,
    body: &mut Option<Incoming>,
) -> Result<Response<MakeBody>, Fault> {
    finish.record.group = Some(route.group.arn.clone());
    let target = route.choose(&[]).ok_or(Fault::NoTargets)?;
    finish.begins(target);
    let worker = finish.worker.clone();
    let exchange = Exchange { worker: &worker, group: route.group, target };
    let body = match gather(finish, body).await {
        Err(Fault::Function(reason)) => return Err(exchange.fails(reason)),
        gathered => gathered?,
    };
    finish.record.received_bytes = body.len() as u64;
    let mut answered = exchange.run(&finish.head, &body, &mut finish.record).await?;
    let mut body = Bytes::from(answered.body);
    if finish.head.method() == "HEAD" {
        answered.head.fields.push(b"content-length", decimal(body.len() as u64, &mut [0; 20]));
        body.clear();
    }
    let set = route.cookies(target, &answered.head.fields, cookies);
    let body: MakeBody = Box::new(move |finish| Body::own(body, finish));
    convert::from_http1(&answered.head, &set, body)
}

/// The body, whole. What is not read stays where it is.
async fn gather(finish: &Finish, body: &mut Option<Incoming>) -> Result<Vec<u8>, Fault> {
    let too_large = Fault::Function(Reason::RequestTooLarge);
    if matches!(finish.head.framing, Framing::Length(length) if length > LARGEST_BODY as u64) {
        return Err(too_large);
    }
    let mut whole = Vec::new();
    let Some(body) = body else { return Ok(whole) };
    loop {
        let frame = tokio::time::timeout(idle(finish), body.frame()).await.map_err(|_| Fault::ClientTimeout)?;
        let Some(frame) = frame else { return Ok(whole) };
        // Trailers have no place in an event.
        let Ok(data) = frame.map_err(|_| Fault::ClientGone)?.into_data() else { continue };
        if whole.len() + data.len() > LARGEST_BODY {
            return Err(too_large);
        }
        whole.extend_from_slice(&data);
    }
}
