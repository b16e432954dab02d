//! One check of one target.

use std::net::SocketAddr;
use std::path::Path;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::machine::{Failure, Outcome};
use super::matcher::Matcher;
use crate::config::{HealthCheck, Kind, Protocol, ProtocolVersion};
use crate::functions::FunctionProbe;
use crate::http::h1::parse_response;
use crate::http::h2::Local;
use crate::http::message::ResponseHead;
use crate::http::upstream::handshake;
use crate::io::{Buffer, Stream, Wire};

pub struct Probe {
    how: How,
    tls: bool,
    path: String,
    matcher: Matcher,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// That the port answers is enough.
    Connect,
    Http1,
    Http2,
    Grpc,
}

impl Probe {
    pub fn new(check: &HealthCheck, version: ProtocolVersion, kind: Kind) -> Probe {
        let how = match (check.protocol, version) {
            (Protocol::Tcp | Protocol::Tls | Protocol::Udp | Protocol::TcpUdp, _) => How::Connect,
            // Network balancers check over HTTP/1.1 whatever their targets speak.
            _ if kind != Kind::Application => How::Http1,
            (_, ProtocolVersion::Http1) => How::Http1,
            (_, ProtocolVersion::Http2) => How::Http2,
            (_, ProtocolVersion::Grpc) => How::Grpc,
        };
        Probe {
            how,
            tls: matches!(check.protocol, Protocol::Https | Protocol::Tls),
            path: if check.path.is_empty() { "/".into() } else { check.path.clone() },
            matcher: Matcher::new(&check.matcher),
        }
    }

    /// The same of a function, by the socket of those; `None` if that could not be found out.
    pub async fn ask(&self, function: &FunctionProbe, functions: &Path) -> Option<Outcome> {
        Some(match function.run(functions, &self.path).await.ok()? {
            Some(status) if self.matcher.matches(status.into()) => Outcome::Passed,
            Some(status) => Outcome::Failed(Failure::WrongCode(status.into())),
            None => Outcome::Failed(Failure::Broken),
        })
    }

    pub async fn run(&self, address: SocketAddr) -> Outcome {
        let code = match self.how {
            How::Connect => return self.connect(address, &[]).await.map_or_else(Outcome::Failed, |_| Outcome::Passed),
            How::Http1 => self.http1(address).await,
            How::Http2 | How::Grpc => self.http2(address).await,
        };
        match code {
            Ok(code) if self.matcher.matches(code) => Outcome::Passed,
            Ok(code) => Outcome::Failed(Failure::WrongCode(code)),
            Err(failure) => Outcome::Failed(failure),
        }
    }

    async fn connect(&self, address: SocketAddr, protocols: &'static [&'static str]) -> Result<Stream, Failure> {
        let tcp = TcpStream::connect(address).await.map_err(|_| Failure::Broken)?;
        match self.tls {
            true => handshake(tcp, address, protocols).await.map_err(|_| Failure::Broken),
            false => Ok(Stream::Plain(tcp)),
        }
    }

    async fn http1(&self, address: SocketAddr) -> Result<u32, Failure> {
        let wire = Wire::new(self.connect(address, &["http/1.1"]).await?);
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n",
            self.path
        );
        wire.write_all(request.as_bytes()).await.map_err(|_| Failure::Broken)?;
        let (mut buffer, mut head) = (Buffer::default(), ResponseHead::default());
        loop {
            while let Some(length) = parse_response(buffer.unread(), "GET", &mut head).map_err(|_| Failure::Broken)? {
                buffer.consume(length);
                if head.status >= 200 {
                    return Ok(head.status.into());
                }
            }
            match wire.fill(&mut buffer).await {
                Ok(count) if count > 0 => {}
                _ => return Err(Failure::Broken),
            }
        }
    }

    /// gRPC's status comes with the trailers, or with the headers if there is nothing else to say.
    async fn http2(&self, address: SocketAddr) -> Result<u32, Failure> {
        let stream = self.connect(address, &["h2"]).await?;
        let builder = http2::Builder::new(Local);
        let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|_| Failure::Broken)?;
        let task = tokio::task::spawn_local(connection);
        let answer = async {
            let request = self.http2_request(address).map_err(|_| Failure::Broken)?;
            let response = sender.send_request(request).await.map_err(|_| Failure::Broken)?;
            if self.how == How::Http2 {
                return Ok(response.status().as_u16().into());
            }
            let grpc_status =
                |headers: &http::HeaderMap| headers.get("grpc-status")?.to_str().ok()?.parse::<u32>().ok();
            if let Some(code) = grpc_status(response.headers()) {
                return Ok(code);
            }
            let body = response.into_body().collect().await.map_err(|_| Failure::Broken)?;
            body.trailers().and_then(grpc_status).ok_or(Failure::Broken)
        };
        let outcome = answer.await;
        task.abort();
        outcome
    }

    fn http2_request(&self, address: SocketAddr) -> http::Result<Request<Full<Bytes>>> {
        let scheme = if self.tls { "https" } else { "http" };
        let request = Request::builder()
            .uri(format!("{scheme}://{address}{}", self.path))
            .header("user-agent", "ELB-HealthChecker/2.0");
        match self.how {
            // An empty message: not compressed, no bytes.
            How::Grpc => request
                .method("POST")
                .header("content-type", "application/grpc")
                .header("te", "trailers")
                .body(Full::new(Bytes::from_static(&[0; 5]))),
            _ => request.body(Full::default()),
        }
    }
}
