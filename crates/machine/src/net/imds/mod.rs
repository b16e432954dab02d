//! The instance metadata service, one server per VPC (*EC2 user guide, Instance metadata*). Version 2 asks for a
//! session token with `PUT /latest/api/token`; version 1 does without, where the instance allows it.

mod answer;
mod token;
mod tree;

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::guest_services::Context;
use answer::Answer;
pub use token::Tokens;

/// How many connections of one VPC are served at once; more wait to be accepted.
const CONNECTIONS: usize = 1024;

/// How long a client may take to send the head of a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// The TTL of packets that carry no token.
const USUAL_TTL: u32 = 64;

/// Serves until it is dropped.
pub async fn serve(listener: TcpListener, context: Context) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let IpAddr::V4(address) = peer.ip() {
                    connections.spawn(serve_connection(stream, address, context.clone()));
                }
            }
            // Out of descriptors, for example: others must be closed first.
            Err(error) => {
                tracing::warn!(%error, vpc = %context.vpc, "metadata: accept failed");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_connection(stream: TcpStream, peer: Ipv4Addr, context: Context) {
    let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
    let socket = Arc::new(socket);
    let service = service_fn(move |request: Request<Incoming>| {
        let (context, socket) = (context.clone(), Arc::clone(&socket));
        async move { Ok::<_, Infallible>(respond(&request, peer, &context, &socket).await) }
    });
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(PATIENCE).half_close(true);
    if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, %peer, "metadata: connection ended early");
    }
}

async fn respond(
    request: &Request<Incoming>,
    peer: Ipv4Addr,
    context: &Context,
    socket: &OwnedFd,
) -> Response<Full<Bytes>> {
    let metadata = match context.source() {
        Some(source) => source.instance(&context.vpc, peer).await,
        None => None,
    };
    let answer = answer::answer(request, metadata.as_ref(), &context.tokens, context.clock.now());
    // An answer with a token may travel as many hops as the instance allows, so that it does not get past a
    // router or proxy inside the instance.
    let ttl = answer.hop_limit.map_or(USUAL_TTL, u32::from);
    if let Err(error) = rustix::net::sockopt::set_ip_ttl(socket, ttl) {
        tracing::warn!(%error, "metadata: the hop limit was not set");
        return Answer::error(http::StatusCode::INTERNAL_SERVER_ERROR).into_response();
    }
    answer.into_response()
}
