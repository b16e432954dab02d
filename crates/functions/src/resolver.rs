//! The resolver that functions ask, at their own 127.0.0.1: hands questions on to that of their VPC, or to the
//! host's.

use std::net::{TcpListener, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use freehold_machine::sandbox::{Resolver, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};

/// Questions of one environment that may be under way at once; what is too many is asked again.
const UNDER_WAY: usize = 64;
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves one environment until the task is aborted.
pub fn serve((udp, tcp): (UdpSocket, TcpListener), names: Resolver) -> freehold_machine::Result<AbortHandle> {
    let failed = |error| freehold_machine::Error::io("serve a resolver", error);
    udp.set_nonblocking(true).and_then(|()| tcp.set_nonblocking(true)).map_err(failed)?;
    let udp = Arc::new(tokio::net::UdpSocket::from_std(udp).map_err(failed)?);
    let tcp = tokio::net::TcpListener::from_std(tcp).map_err(failed)?;
    let task = tokio::spawn(async move {
        let mut questions = JoinSet::new();
        let mut buffer = [0; 1500];
        loop {
            tokio::select! {
                received = udp.recv_from(&mut buffer) => {
                    // A client that closed its port is reported as an error; it concerns nobody else.
                    let Ok((length, client)) = received else { continue };
                    if questions.len() < UNDER_WAY {
                        let (query, udp, names) = (buffer[..length].to_vec(), Arc::clone(&udp), names.clone());
                        questions.spawn(async move {
                            let answer = answer(&names, &query, Transport::Udp).await;
                            let _ = udp.send_to(&answer, client).await;
                        });
                    }
                }
                accepted = tcp.accept() => {
                    if let Ok((stream, _)) = accepted && questions.len() < UNDER_WAY {
                        let names = names.clone();
                        questions.spawn(async move { _ = tokio::time::timeout(PATIENCE, over_tcp(&names, stream)).await });
                    }
                }
            }
            while questions.try_join_next().is_some() {}
        }
    });
    Ok(task.abort_handle())
}

async fn over_tcp(names: &Resolver, mut stream: TcpStream) -> std::io::Result<()> {
    loop {
        let mut query = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut query).await?;
        let answer = answer(names, &query, Transport::Tcp).await;
        stream.write_u16(u16::try_from(answer.len()).unwrap_or(0)).await?;
        stream.write_all(&answer).await?;
    }
}

async fn answer(names: &Resolver, query: &[u8], transport: Transport) -> Vec<u8> {
    match names.resolve(query, transport).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::debug!(%error, "a function's question has no answer");
            failure(query)
        }
    }
}

/// The question, sent back as one that could not be answered (RFC 1035, section 4.1.1: response, server failure).
fn failure(query: &[u8]) -> Vec<u8> {
    let mut answer = query.to_vec();
    if let Some([flags, more]) = answer.get_mut(2..4) {
        *flags |= 0x80;
        *more = (*more & 0x70) | 0x82;
    }
    answer
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_failure_answers_the_question() {
        let query = [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
        assert_eq!(super::failure(&query)[..4], [0x12, 0x34, 0x81, 0x82]);
        assert_eq!(super::failure(b"x"), b"x");
    }
}
