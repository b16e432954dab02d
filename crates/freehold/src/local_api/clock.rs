//! `POST /_freehold/clock` with `{"advance_seconds": N}`: moves the region's clock forward, for tests of what takes
//! long. Exists only with `--test-clock`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::Reconcilers;
use freehold_core::{Clock, ManualClock};
use freehold_queues::Queues;
use freehold_wire::server::{Metrics, PlainRequest, PlainResponse, Route};
use http::{Method, StatusCode};
use serde::Deserialize;

use super::{json, refusal_of_others, refuse};

/// A hundred years.
const MOST_SECONDS: u64 = 100 * 366 * 86_400;

pub struct ClockRoute {
    pub clock: Arc<ManualClock>,
    /// What became due is done at once.
    pub queues: Arc<Queues>,
    pub reconcilers: Arc<Reconcilers>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

#[async_trait]
impl Route for ClockRoute {
    fn path(&self) -> &str {
        "/_freehold/clock"
    }

    async fn handle(&self, request: PlainRequest, client: SocketAddr, _metrics: &Metrics) -> PlainResponse {
        if let Some(refusal) = refusal_of_others(&request, client) {
            return refusal;
        }
        if request.method() == Method::POST {
            match serde_json::from_slice::<Advance>(request.body()) {
                Ok(Advance { advance_seconds }) if advance_seconds <= MOST_SECONDS => {
                    self.clock.advance(Duration::from_secs(advance_seconds));
                    self.queues.wake();
                    self.reconcilers.wake_all();
                }
                Ok(_) => return refuse(StatusCode::BAD_REQUEST, "at most a hundred years at once"),
                Err(_) => return refuse(StatusCode::BAD_REQUEST, "send {\"advance_seconds\": N}"),
            }
        } else if request.method() != Method::GET {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "POST {\"advance_seconds\": N}, or GET the time");
        }
        json(StatusCode::OK, &serde_json::json!({ "now": self.clock.now() }))
    }
}
