//! What answers for a host of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use freehold_wire::server::{Broken, PlainRequest, PlainResponse, Site, SiteResponse, pieces, whole};
use http_body_util::Either;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::sync::oneshot;

use crate::harness::{Running, Unsigned};

/// Says a word at once, and another when it is let; breaks off where it is asked to.
struct Slow(Mutex<Option<oneshot::Receiver<()>>>);

#[async_trait]
impl Site for Slow {
    fn answers(&self, host: &str, _: &str) -> bool {
        host == "slow.example"
    }

    fn body_bytes(&self) -> usize {
        4
    }

    fn too_large(&self) -> PlainResponse {
        let mut response = PlainResponse::new("four".into());
        *response.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
        response
    }

    async fn handle(&self, request: PlainRequest, _: SocketAddr) -> SiteResponse {
        if request.uri().path() == "/whole" {
            return whole(PlainResponse::new(request.into_body()));
        }
        let breaks = request.uri().path() == "/broken";
        let gate = self.0.lock().await.take();
        let (sender, body) = pieces(1);
        tokio::spawn(async move {
            sender.send(Ok(Bytes::from_static(b"first"))).await.unwrap();
            if let Some(gate) = gate {
                gate.await.unwrap();
            }
            let last = if breaks { Err(Broken) } else { Ok(Bytes::from_static(b"last")) };
            sender.send(last).await.unwrap();
        });
        http::Response::new(Either::Right(body))
    }
}

async fn ask(region: &Running, path: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(region.address).await.unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nhost: slow.example:80\r\ncontent-length: {}\r\n", body.len());
    stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()).await.unwrap();
    stream
}

async fn until(stream: &mut TcpStream, word: &str) -> String {
    let mut text = String::new();
    while !text.contains(word) {
        let mut some = [0; 256];
        let count = stream.read(&mut some).await.unwrap();
        assert_ne!(count, 0, "{text}");
        text.push_str(std::str::from_utf8(&some[..count]).unwrap());
    }
    text
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

async fn region(gate: Option<oneshot::Receiver<()>>) -> Running {
    Running::with(|server| server.site(Arc::new(Slow(Mutex::new(gate))))).await
}

#[tokio::test]
async fn a_body_comes_as_it_is_made() {
    let (open, gate) = oneshot::channel();
    let region = region(Some(gate)).await;
    let mut stream = ask(&region, "/", "").await;
    let head = until(&mut stream, "first").await;
    assert!(head.starts_with("HTTP/1.1 200 OK") && !head.contains("last"), "{head}");
    open.send(()).unwrap();
    assert!(rest(&mut stream).await.ends_with("last\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn one_that_breaks_off_has_no_end() {
    let region = region(None).await;
    let mut stream = ask(&region, "/broken", "").await;
    let text = rest(&mut stream).await;
    assert!(!text.ends_with("0\r\n\r\n"), "{text}");
}

#[tokio::test]
async fn a_site_says_itself_that_a_request_is_too_large() {
    let region = region(None).await;
    let small = rest(&mut ask(&region, "/whole", "1234").await).await;
    assert!(small.starts_with("HTTP/1.1 200") && small.ends_with("1234"), "{small}");
    let large = rest(&mut ask(&region, "/whole", "12345").await).await;
    assert!(large.starts_with("HTTP/1.1 413") && large.ends_with("four"), "{large}");
    // Other hosts are nothing to it.
    let answer = region.send(&Unsigned::query("sts", "Action=GetCallerIdentity&Version=2011-06-15").sign()).await;
    assert_eq!(answer.status, 200, "{answer:#?}");
}
