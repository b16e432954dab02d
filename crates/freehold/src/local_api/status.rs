//! `GET /_freehold/status`: what `freehold status` shows.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use freehold_wire::server::{Metrics, OperationStatus, PlainRequest, PlainResponse, Route, Support};
use http::{Method, StatusCode};

use super::{json, refusal_of_others, refuse};
use crate::region::Report;
use crate::status::UnknownOperation;

/// Gathers the page anew for every request.
pub struct StatusRoute {
    /// Everything but what the server itself counts.
    pub report: Arc<Report>,
}

#[async_trait]
impl Route for StatusRoute {
    fn path(&self) -> &str {
        "/_freehold/status"
    }

    async fn handle(&self, request: PlainRequest, client: SocketAddr, metrics: &Metrics) -> PlainResponse {
        if let Some(refusal) = refusal_of_others(&request, client) {
            return refusal;
        }
        if request.method() != Method::GET {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "GET this page");
        }
        let mut status = match self.report.gather() {
            Ok(status) => status,
            Err(error) => return refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        };
        status.unknown_operations = metrics.called().into_iter().filter_map(asked_in_vain).collect();
        json(StatusCode::OK, &status)
    }
}

fn asked_in_vain(called: OperationStatus) -> Option<UnknownOperation> {
    let OperationStatus { service, operation, support, calls, .. } = called;
    (support != Support::Implemented).then(|| UnknownOperation { service: service.into(), operation, count: calls })
}
