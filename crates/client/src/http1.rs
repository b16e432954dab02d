//! One HTTP/1.1 connection, used for one request after another.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

/// Larger answers are not read.
const MOST_BYTES: usize = 64 << 20;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open connection. Ends when dropped.
pub struct Connection {
    server: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
    driver: tokio::task::JoinHandle<()>,
}

impl Connection {
    pub async fn open(server: SocketAddr) -> Result<Self> {
        let stream = match tokio::time::timeout(PATIENCE, TcpStream::connect(server)).await {
            Ok(stream) => stream.with_context(|| format!("nothing answers at {server}"))?,
            Err(_) => bail!("{server} does not answer within {} s", PATIENCE.as_secs()),
        };
        stream.set_nodelay(true)?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // How the connection ends is seen by whoever uses it next.
        let driver = tokio::spawn(async move { drop(connection.await) });
        Ok(Self { server, sender, driver })
    }

    /// Sends one request and reads the whole answer.
    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>> {
        let server = self.server;
        let exchange = async {
            self.sender.ready().await?;
            let (head, body) = self.sender.send_request(request).await?.into_parts();
            match Limited::new(body, MOST_BYTES).collect().await {
                Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
                Err(error) => bail!("the answer of {server} cannot be read: {error}"),
            }
        };
        match tokio::time::timeout(PATIENCE, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => bail!("{server} does not answer within {} s", PATIENCE.as_secs()),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Asks for a page of JSON.
pub async fn get_json<T: DeserializeOwned>(server: SocketAddr, path: &str) -> Result<T> {
    let request = Request::get(path).header(http::header::HOST, server.to_string()).body(Full::default())?;
    let answer = Connection::open(server).await?.send(request).await?;
    if answer.status() != StatusCode::OK {
        bail!("{server} answered {path} with {}", answer.status());
    }
    serde_json::from_slice(answer.body()).with_context(|| format!("{server} answered {path} with something else"))
}

/// Sends JSON to a page, and reads the JSON that it answers. A refusal is an error with the page's own words.
pub async fn post_json<T: DeserializeOwned>(
    server: SocketAddr,
    path: &str,
    body: &(impl serde::Serialize + ?Sized),
) -> Result<T> {
    let answer = post(server, path, body).await?;
    serde_json::from_slice(&answer).with_context(|| format!("{server} answered {path} with something else"))
}

/// The same for a page that answers with text.
pub async fn post_text(server: SocketAddr, path: &str, body: &(impl serde::Serialize + ?Sized)) -> Result<String> {
    let answer = post(server, path, body).await?;
    String::from_utf8(answer.into()).with_context(|| format!("{server} answered {path} with something else"))
}

async fn post(server: SocketAddr, path: &str, body: &(impl serde::Serialize + ?Sized)) -> Result<Bytes> {
    let request = Request::post(path)
        .header(http::header::HOST, server.to_string())
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(Full::from(serde_json::to_vec(body)?))?;
    let answer = Connection::open(server).await?.send(request).await?;
    if answer.status() != StatusCode::OK {
        let said = serde_json::from_slice::<serde_json::Value>(answer.body()).unwrap_or_default();
        match said.get("error").and_then(serde_json::Value::as_str) {
            Some(error) => bail!("{error}"),
            None => bail!("{server} answered {path} with {}", answer.status()),
        }
    }
    Ok(answer.into_body())
}
