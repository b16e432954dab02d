//! `GET /_freehold/health`: 200 as soon as calls are served.

use std::net::SocketAddr;

use async_trait::async_trait;
use freehold_wire::server::{Metrics, PlainRequest, PlainResponse, Route};
use http::{Method, StatusCode};

use super::{json, refuse};

/// Answers the same for as long as the region runs.
pub struct HealthRoute {
    pub driver: String,
    pub services: Vec<String>,
}

#[async_trait]
impl Route for HealthRoute {
    fn path(&self) -> &str {
        "/_freehold/health"
    }

    async fn handle(&self, request: PlainRequest, _client: SocketAddr, _metrics: &Metrics) -> PlainResponse {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "GET this page");
        }
        let health = serde_json::json!({
            "status": "ok",
            "version": env!("CARGO_PKG_VERSION"),
            "machines": self.driver,
            "services": self.services,
        });
        json(StatusCode::OK, &health)
    }
}
