//! The region's own pages under `/_freehold/`: plain JSON, no signature. Health is for everybody; what tells of the
//! inside or changes something answers to this host only.

pub mod bill;
mod clock;
mod console;
mod health;
mod outbox;
mod spot;
mod status;

use std::net::SocketAddr;

use bytes::Bytes;
use freehold_wire::server::{PlainRequest, PlainResponse};
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

pub use bill::BillRoute;
pub use clock::ClockRoute;
pub use console::ConsoleRoute;
pub use health::HealthRoute;
pub use outbox::OutboxRoute;
pub use spot::SpotRoute;
pub use status::StatusRoute;

/// An answer in JSON.
fn json(status: StatusCode, value: &impl Serialize) -> PlainResponse {
    let (status, mut body) = match serde_json::to_vec(value) {
        Ok(body) => (status, body),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{{\"error\":{:?}}}", error.to_string()).into()),
    };
    body.push(b'\n');
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A refusal in words.
fn refuse(status: StatusCode, why: &str) -> PlainResponse {
    json(status, &serde_json::json!({ "error": why }))
}

/// What clients of other hosts are refused with; `None` for those of this one.
fn refusal_of_other_hosts(client: SocketAddr) -> Option<PlainResponse> {
    let is_own = client.ip().to_canonical().is_loopback();
    (!is_own).then(|| refuse(StatusCode::FORBIDDEN, "this page answers to the region's own host only"))
}

/// The same, and pages of strangers in a browser of this one; `None` for others.
fn refusal_of_others(request: &PlainRequest, client: SocketAddr) -> Option<PlainResponse> {
    if let Some(refusal) = refusal_of_other_hosts(client) {
        return Some(refusal);
    }
    let refusal = freehold_console::refusal_of_strangers(request)?;
    Some(refuse(refusal.status(), &refusal.to_string()))
}
