//! Writes what the balancer answers by itself.

use super::connection::{Connection, Next, Scratch};
use super::encode::{field, status_line};
use crate::http::answer::{Answer, Kind, SERVER, reason};
use crate::http::fault::Fault;
use crate::http::forwarded::decimal;
use crate::http::record::Record;

pub async fn fault(
    connection: &Connection,
    fault: &Fault,
    scratch: &mut Scratch,
    record: &mut Record,
    keeps: bool,
) -> Next {
    if let Fault::ClientGone = fault {
        record.status = Some(fault.status());
        connection.worker.cells().answered(fault.status());
        return Next::Close;
    }
    let next = answer(connection, Answer::to(fault), scratch, record, keeps).await;
    if next == Next::Close { Next::Linger } else { next }
}

pub async fn answer(
    connection: &Connection,
    answer: Answer,
    scratch: &mut Scratch,
    record: &mut Record,
    keeps: bool,
) -> Next {
    let keeps = keeps && !answer.closes;
    let out = &mut scratch.to_client;
    out.clear();
    status_line(answer.status, reason(answer.status), out);
    field(b"Server", SERVER.as_bytes(), out);
    field(b"Date", connection.worker.http_date().as_bytes(), out);
    field(b"Content-Type", answer.content_type.as_bytes(), out);
    field(b"Content-Length", decimal(answer.body.len() as u64, &mut [0; 20]), out);
    if let Some(location) = &answer.location {
        field(b"Location", location.as_bytes(), out);
    }
    field(b"Connection", if keeps { b"keep-alive" } else { b"close" }, out);
    out.extend_from_slice(b"\r\n");
    if scratch.head.method() != "HEAD" {
        out.extend_from_slice(answer.body.as_bytes());
    }
    let cells = connection.worker.cells();
    cells.answered(answer.status);
    match answer.kind {
        Kind::Error => {}
        Kind::Redirect => cells.redirects.add(1),
        Kind::Fixed => cells.fixed_responses.add(1),
    }
    record.status = Some(answer.status);
    record.redirect_url = answer.location;
    match connection.wire.write_all(out).await {
        Ok(()) if keeps => Next::KeepAlive,
        _ => Next::Close,
    }
}
