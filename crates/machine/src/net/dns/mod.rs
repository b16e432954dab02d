//! The resolver of a VPC: private names and addresses are answered from the control plane's state, everything
//! else is asked of the host's own resolvers.

mod message;
pub mod upstream;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::guest_services::Context;
use super::services::{ENDPOINT_ADDRESS, ENDPOINT_NAME};
use message::{Answer, Query, Wanted};
use upstream::Transport;

/// Questions of one VPC that may be under way at once. A datagram too many is dropped, as by any busy
/// resolver; the guest asks again.
const UNDER_WAY: usize = 512;

/// How long an idle TCP client is kept.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers datagrams until it is dropped.
pub async fn serve_udp(socket: UdpSocket, context: Context) {
    let socket = Arc::new(socket);
    let mut questions = JoinSet::new();
    let mut buffer = vec![0; 4096];
    loop {
        let received = socket.recv_from(&mut buffer).await;
        while questions.try_join_next().is_some() {}
        match received {
            Ok((length, peer)) if questions.len() < UNDER_WAY => {
                let (query, socket, context) = (buffer[..length].to_vec(), Arc::clone(&socket), context.clone());
                questions.spawn(async move {
                    if let Some(reply) = answer(&query, Transport::Udp, &context).await
                        && let Err(error) = socket.send_to(&reply, peer).await
                    {
                        tracing::debug!(%error, %peer, "resolver: answer not sent");
                    }
                });
            }
            Ok(_) => {}
            // A guest that closed its port is reported here; it concerns nobody else.
            Err(error) => {
                tracing::debug!(%error, "resolver: receive failed");
                tokio::task::yield_now().await;
            }
        }
    }
}

/// Answers connections until it is dropped.
pub async fn serve_tcp(listener: TcpListener, context: Context) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= UNDER_WAY {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                let context = context.clone();
                connections.spawn(async move {
                    if let Err(error) = serve_connection(stream, &context).await {
                        tracing::debug!(%error, "resolver: connection ended early");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, vpc = %context.vpc, "resolver: accept failed");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_connection(mut stream: TcpStream, context: &Context) -> std::io::Result<()> {
    while let Ok(length) = timeout(PATIENCE, stream.read_u16()).await? {
        let mut query = vec![0; usize::from(length)];
        timeout(PATIENCE, stream.read_exact(&mut query)).await??;
        let Some(reply) = answer(&query, Transport::Tcp, context).await else { break };
        let Ok(length) = u16::try_from(reply.len()) else { break };
        let mut framed = length.to_be_bytes().to_vec();
        framed.extend_from_slice(&reply);
        timeout(PATIENCE, stream.write_all(&framed)).await??;
    }
    Ok(())
}

/// The reply to a query; `None` to what is not one.
async fn answer(bytes: &[u8], transport: Transport, context: &Context) -> Option<Vec<u8>> {
    let query = match Query::parse(bytes) {
        Ok(query) => query,
        Err(refusal) => return refusal,
    };
    if let Some(answer) = own_answer(&query, context).await {
        return query.reply(&answer);
    }
    match upstream::ask(bytes, transport).await {
        Ok(reply) => Some(reply),
        Err(error) => {
            tracing::debug!(%error, name = %query.name, "resolver: no upstream answered");
            query.reply(&Answer::ServerFailure)
        }
    }
}

/// What the VPC itself calls by that name, else what all VPCs do.
async fn addresses(query: &Query, context: &Context) -> Option<Vec<Ipv4Addr>> {
    if let Some(address) = context.source()?.resolve(&context.vpc, &query.name).await {
        return Some(vec![address]);
    }
    context.names()?.addresses(&query.name).await
}

async fn own_answer(query: &Query, context: &Context) -> Option<Answer> {
    let source = context.source()?;
    match query.wanted {
        Wanted::Name(IpAddr::V4(address)) => source.reverse(&context.vpc, address).await.map(Answer::Name),
        Wanted::Name(IpAddr::V6(_)) => None,
        Wanted::Address if query.name == ENDPOINT_NAME => Some(Answer::Addresses(vec![ENDPOINT_ADDRESS])),
        Wanted::Other if query.name == ENDPOINT_NAME => Some(Answer::Nothing),
        Wanted::Address => addresses(query, context).await.map(Answer::Addresses),
        // The name is ours and has an address of version 4; it has nothing else.
        Wanted::Other => {
            let ours: Option<Vec<Ipv4Addr>> = addresses(query, context).await;
            ours.map(|_| Answer::Nothing)
        }
    }
}
