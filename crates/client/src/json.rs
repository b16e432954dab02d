//! Signed calls in AWS's protocol JSON 1.1.

use anyhow::{Context, Result};
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http_body_util::Full;
use jiff::Timestamp;
use serde_json::Value;

use crate::http1::Connection;
use crate::query::{Client, Refusal};
use crate::sign::{Scope, sign_target};

const JSON: &str = "application/x-amz-json-1.1";

impl Client {
    /// Calls an operation on a connection of its own: `client.json("logs", "Logs_20140328.GetLogEvents", input)`.
    pub async fn json(&self, service: &str, target: &str, input: &Value) -> Result<Value> {
        let body = input.to_string();
        let host = self.server.to_string();
        let scope = Scope { region: &self.region, service, host: &host, content_type: JSON };
        let signed = sign_target(&self.credentials, scope, Some(target), body.as_bytes(), Timestamp::now());
        let request = Request::post("/")
            .header(HOST, &host)
            .header(CONTENT_TYPE, JSON)
            .header("x-amz-date", signed.date)
            .header("x-amz-target", target)
            .header(AUTHORIZATION, signed.authorization)
            .body(Full::new(body.into()))?;
        let answer = Connection::open(self.server).await?.send(request).await?;
        // Some operations answer with nothing.
        let text: &[u8] = if answer.body().is_empty() { b"{}" } else { answer.body() };
        let document: Value = serde_json::from_slice(text).with_context(|| format!("the answer to {target}"))?;
        if answer.status().is_success() {
            return Ok(document);
        }
        let member = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
        let code = member("__type").rsplit('#').next().unwrap_or_default().to_owned();
        let message = [member("message"), member("Message")].concat();
        Err(Refusal { code, message }.into())
    }
}
