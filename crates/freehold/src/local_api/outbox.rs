//! `GET /_freehold/outbox?account=…&channel=…`: what would have left the region by SMS, push or e-mail, the oldest first. All
//! accounts and channels unless one is named.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use freehold_sns::Sns;
use freehold_wire::server::{Metrics, PlainRequest, PlainResponse, Route};
use http::{Method, StatusCode};

use super::{json, refusal_of_others, refuse};

pub struct OutboxRoute {
    pub sns: Arc<Sns>,
}

#[async_trait]
impl Route for OutboxRoute {
    fn path(&self) -> &str {
        "/_freehold/outbox"
    }

    async fn handle(&self, request: PlainRequest, client: SocketAddr, _metrics: &Metrics) -> PlainResponse {
        if let Some(refusal) = refusal_of_others(&request, client) {
            return refusal;
        }
        if request.method() != Method::GET {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "GET this page");
        }
        let (mut account, mut channel) = (None, None);
        for pair in request.uri().query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("account", value)) => account = Some(value),
                Some(("channel", value)) => channel = Some(value),
                _ => {
                    return refuse(
                        StatusCode::BAD_REQUEST,
                        "name an account, a channel (sms, push, email), both or none",
                    );
                }
            }
        }
        match self.sns.outbox(account) {
            Ok(mut messages) => {
                messages.retain(|message| channel.is_none_or(|channel| channel == message.channel.name()));
                json(StatusCode::OK, &serde_json::json!({ "messages": messages }))
            }
            Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }
}
