//! Signed calls in AWS's query protocols.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http_body_util::Full;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http1::Connection;
use crate::sign::{Credentials, Scope, sign};
use crate::xml::Element;

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// Everything but RFC 3986's unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A service's refusal, as it worded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: String,
    pub message: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refusal {}

/// A service that speaks a query protocol, and the version of its API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Api {
    /// The name in credential scopes.
    pub service: &'static str,
    pub version: &'static str,
}

impl Api {
    pub const AUTO_SCALING: Self = Self { service: "autoscaling", version: "2011-01-01" };
    pub const CLOUD_WATCH: Self = Self { service: "monitoring", version: "2010-08-01" };
    pub const EC2: Self = Self { service: "ec2", version: "2016-11-15" };
    pub const ELB: Self = Self { service: "elasticloadbalancing", version: "2015-12-01" };
}

/// Calls one region.
#[derive(Debug, Clone)]
pub struct Client {
    pub server: SocketAddr,
    pub credentials: Credentials,
    pub region: String,
}

impl Client {
    /// Calls an operation on a connection of its own.
    pub async fn call(&self, api: Api, action: &str, parameters: &[(&str, &str)]) -> Result<Element> {
        let request = self.request(api.service, api.version, action, parameters)?;
        let answer = Connection::open(self.server).await?.send(request).await?;
        let document = Element::parse(answer.body()).with_context(|| format!("the answer to {action}"))?;
        if answer.status().is_success() {
            return Ok(document);
        }
        let text = |name: &str| document.find(name).map_or(String::new(), |found| found.text.clone());
        Err(Refusal { code: text("Code"), message: text("Message") }.into())
    }

    /// Calls an operation of EC2.
    pub async fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Element> {
        self.call(Api::EC2, action, parameters).await
    }

    /// A signed request, ready to send.
    pub fn request(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Request<Full<Bytes>>> {
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            body.push_str(&format!("&{name}={}", utf8_percent_encode(value, ESCAPED)));
        }
        let host = self.server.to_string();
        let scope = Scope { region: &self.region, service, host: &host, content_type: FORM };
        let signed = sign(&self.credentials, scope, body.as_bytes(), Timestamp::now());
        let request = Request::post("/")
            .header(HOST, &host)
            .header(CONTENT_TYPE, FORM)
            .header("x-amz-date", signed.date)
            .header(AUTHORIZATION, signed.authorization);
        request.body(Full::new(body.into())).context("a request")
    }
}
