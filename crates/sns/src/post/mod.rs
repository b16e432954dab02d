//! Posting to the endpoints of subscribers.
//!
//! Connections are kept for a while and used again. Nothing is followed or believed: no redirects, no proxies, and of an
//! answer only its status counts. Certificates are verified by what the host trusts (`SSL_CERT_FILE` names another set),
//! which is read when the first HTTPS endpoint is called.

mod error;
mod target;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use tokio::sync::OnceCell;

pub(crate) use error::PostError;
use target::Target;

/// What SNS calls itself (*developer guide, HTTP/HTTPS headers*).
const AGENT: &str = "Amazon Simple Notification Service Agent";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections that nobody uses are closed after this.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
const IDLE_PER_HOST: usize = 2;
/// An answer's body is read and thrown away, so that the connection can be used again. Of a longer one the connection is
/// given up.
const MAX_ANSWER: usize = 64 << 10;

type Body = Full<Bytes>;

/// Posts messages. One serves all subscriptions.
pub(crate) struct Poster {
    plain: Client<HttpConnector, Body>,
    secure: OnceCell<Client<HttpsConnector<HttpConnector>, Body>>,
}

impl Poster {
    pub(crate) fn new() -> Self {
        let connector = connector();
        Self { plain: builder().build(connector), secure: OnceCell::new() }
    }

    /// Posts `body` to `url`, with a user and password of the address as `Authorization: Basic`. Returns the status of
    /// the answer, whatever it is. `timeout` is for all of it.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&str, String)],
        body: String,
        timeout: Duration,
    ) -> Result<u16, PostError> {
        let target = Target::parse(url)?;
        let is_secure = target.is_secure;
        let request = request(target, headers, body)?;
        let answered = async {
            let response =
                if is_secure { self.secure().await?.request(request).await } else { self.plain.request(request).await }
                    .map_err(PostError::of_client)?;
            let status = response.status().as_u16();
            // The endpoint has decided; a body that breaks off changes nothing.
            let _ = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
            Ok(status)
        };
        tokio::time::timeout(timeout, answered).await.unwrap_or(Err(PostError::Timeout))
    }

    async fn secure(&self) -> Result<&Client<HttpsConnector<HttpConnector>, Body>, PostError> {
        self.secure
            .get_or_try_init(|| async {
                // Hundreds of certificates are read from disk.
                let config = tokio::task::spawn_blocking(trusting_the_host).await;
                config.map_err(|panic| PostError::Tls(panic.to_string()))?.map(secure_client)
            })
            .await
    }

    /// A poster that trusts what `config` says.
    #[cfg(test)]
    fn trusting(config: ClientConfig) -> Self {
        let poster = Self::new();
        let _ = poster.secure.set(secure_client(config));
        poster
    }
}

fn request(target: Target, headers: &[(&str, String)], body: String) -> Result<Request<Body>, PostError> {
    let unsendable = |why: String| PostError::Unsendable(why);
    let mut request = Request::new(Full::new(Bytes::from(body)));
    (*request.method_mut(), *request.uri_mut()) = (Method::POST, target.uri);
    let sent = request.headers_mut();
    sent.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    if let Some(authorization) = target.authorization {
        sent.insert(AUTHORIZATION, authorization);
    }
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|why| unsendable(why.to_string()))?;
        sent.insert(name, HeaderValue::from_str(value).map_err(|why| unsendable(why.to_string()))?);
    }
    Ok(request)
}

fn builder() -> hyper_util::client::legacy::Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE_TIMEOUT).pool_max_idle_per_host(IDLE_PER_HOST);
    builder
}

fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    connector.set_nodelay(true);
    connector.enforce_http(false);
    connector
}

fn secure_client(config: ClientConfig) -> Client<HttpsConnector<HttpConnector>, Body> {
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(config).https_only().enable_http1().wrap_connector(connector());
    builder().build(connector)
}

fn trusting_the_host() -> Result<ClientConfig, PostError> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|why| PostError::Tls(why.to_string()))?;
    Ok(config.with_native_roots().map_err(|why| PostError::Tls(why.to_string()))?.with_no_client_auth())
}
