//! `POST /_freehold/spot` with `{"instance": "i-…", "after_seconds": N}`: interrupts a Spot instance. With `"rebalance": true`
//! it is recommended to be replaced, and goes on.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use freehold_ec2::{Ec2, Error, spot};
use freehold_wire::server::{Metrics, PlainRequest, PlainResponse, Route};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde::Deserialize;

use super::{json, refusal_of_others, refuse};

pub struct SpotRoute {
    pub ec2: Arc<Ec2>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    instance: String,
    #[serde(default)]
    after_seconds: u32,
    #[serde(default)]
    rebalance: bool,
}

#[async_trait]
impl Route for SpotRoute {
    fn path(&self) -> &str {
        "/_freehold/spot"
    }

    async fn handle(&self, request: PlainRequest, client: SocketAddr, _metrics: &Metrics) -> PlainResponse {
        if let Some(refusal) = refusal_of_others(&request, client) {
            return refusal;
        }
        if request.method() != Method::POST {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "POST {\"instance\": \"i-…\", \"after_seconds\": N}");
        }
        let Ok(ask) = serde_json::from_slice::<Ask>(request.body()) else {
            return refuse(
                StatusCode::BAD_REQUEST,
                "send {\"instance\": \"i-…\", \"after_seconds\": N} or {\"instance\": \"i-…\", \"rebalance\": true}",
            );
        };
        let answer = if ask.rebalance {
            let since = spot::recommend_rebalance(&self.ec2, &ask.instance).await;
            since.map(|since| serde_json::json!({ "instance": ask.instance, "rebalance": since }))
        } else {
            let after = SignedDuration::from_secs(ask.after_seconds.into());
            spot::interrupt(&self.ec2, &ask.instance, after).await.map(|what| serde_json::json!(what))
        };
        match answer {
            Ok(answer) => json(StatusCode::OK, &answer),
            Err(error) => refuse(status(&error), &error.to_string()),
        }
    }
}

fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
