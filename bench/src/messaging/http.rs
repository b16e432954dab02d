//! One connection to a server, as thin as it can be: what the load costs must not hide what the server costs, so a
//! request is written as it lies in memory and of an answer only the length is looked for.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer answers are not read. Ten messages of 1 KiB are a hundredth of it.
const MOST_BYTES: usize = 4 << 20;

/// How long an answer may take: more than the longest poll.
const PATIENCE: Duration = Duration::from_secs(25);

/// A connection that is opened anew where the server closed it between two requests.
pub struct Link {
    server: SocketAddr,
    stream: TcpStream,
    inbox: Vec<u8>,
}

/// A whole answer.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// What the head of an answer says about the rest.
struct Head {
    status: u16,
    length: usize,
    body: Body,
    closes: bool,
}

enum Body {
    Bytes(usize),
    Chunked,
    UntilTheEnd,
}

impl Link {
    pub async fn open(server: SocketAddr) -> Result<Self> {
        Ok(Self { server, stream: connect(server).await?, inbox: Vec::with_capacity(2048) })
    }

    /// Sends a request and reads its answer.
    pub async fn call(&mut self, request: &[u8]) -> Result<Answer> {
        let server = self.server;
        let answer = tokio::time::timeout(PATIENCE, self.call_patiently(request)).await;
        answer.with_context(|| format!("{server} does not answer within {} s", PATIENCE.as_secs()))?
    }

    async fn call_patiently(&mut self, request: &[u8]) -> Result<Answer> {
        // A server may close a connection between two requests; some peers close it after each.
        match self.exchange(request).await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => {}
            Err(error) if self.inbox.is_empty() && is_closed(&error) => {}
            Err(error) => return Err(error),
        }
        self.stream = connect(self.server).await?;
        self.exchange(request).await?.with_context(|| format!("{} closed the connection unasked", self.server))
    }

    /// `None` where the connection was closed before anything of an answer came.
    async fn exchange(&mut self, request: &[u8]) -> Result<Option<Answer>> {
        self.inbox.clear();
        self.stream.write_all(request).await?;
        let head = loop {
            if let Some(head) = Head::read(&self.inbox)? {
                break head;
            }
            if !self.more().await? {
                ensure!(self.inbox.is_empty(), "the answer ends within its head");
                return Ok(None);
            }
        };
        let body = match head.body {
            Body::Bytes(bytes) => {
                while self.inbox.len() < head.length + bytes {
                    ensure!(self.more().await?, "the answer ends before its length");
                }
                self.inbox[head.length..head.length + bytes].to_vec()
            }
            Body::Chunked => loop {
                if let Some(body) = unchunked(&self.inbox[head.length..])? {
                    break body;
                }
                ensure!(self.more().await?, "the answer ends before its last chunk");
            },
            Body::UntilTheEnd => {
                while self.more().await? {}
                self.inbox[head.length..].to_vec()
            }
        };
        if head.closes {
            self.stream = connect(self.server).await?;
        }
        Ok(Some(Answer { status: head.status, body }))
    }

    /// Reads what has come. False at the end of the stream.
    async fn more(&mut self) -> Result<bool> {
        ensure!(self.inbox.len() < MOST_BYTES, "the answer is longer than {MOST_BYTES} bytes");
        Ok(self.stream.read_buf(&mut self.inbox).await? > 0)
    }
}

async fn connect(server: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(server).await.with_context(|| format!("nothing answers at {server}"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn is_closed(error: &anyhow::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    matches!(kind, Some(BrokenPipe | ConnectionAborted | ConnectionReset))
}

impl Head {
    /// `None` until all of it is there.
    fn read(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let text = std::str::from_utf8(&bytes[..end]).context("a head that is no text")?;
        let mut lines = text.split("\r\n");
        let first = lines.next().unwrap_or_default();
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut head = Self {
            status: status.with_context(|| format!("no status in {first:?}"))?,
            length: end + 4,
            body: Body::UntilTheEnd,
            closes: first.starts_with("HTTP/1.0"),
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.body = Body::Bytes(value.parse().context("a content length")?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.body = Body::Chunked;
            } else if name.eq_ignore_ascii_case("connection") {
                head.closes = value.eq_ignore_ascii_case("close");
            }
        }
        head.closes |= matches!(head.body, Body::UntilTheEnd);
        Ok(Some(head))
    }
}

/// The body that these chunks make, once the last is there (*RFC 9112, 7.1*).
fn unchunked(mut bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let size = std::str::from_utf8(&bytes[..end])?.split(';').next().unwrap_or_default().trim();
        let Ok(size) = usize::from_str_radix(size, 16) else { bail!("the size of a chunk is {size:?}") };
        ensure!(size <= MOST_BYTES, "a chunk of {size} bytes");
        if bytes.len() < end + 2 + size + 2 {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 2 + size + 2..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together_once_the_last_is_there() {
        let whole = b"4\r\nfree\r\n4;x=y\r\nhold\r\n0\r\n\r\n";
        for end in 0..whole.len() {
            assert!(unchunked(&whole[..end]).unwrap().is_none(), "{end}");
        }
        assert_eq!(unchunked(whole).unwrap().unwrap(), b"freehold");
        assert!(unchunked(b"x\r\n").is_err());
    }

    #[test]
    fn a_head_says_how_long_the_body_is() {
        let head = Head::read(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").unwrap().unwrap();
        assert!(matches!((head.status, head.length, head.body, head.closes), (200, 38, Body::Bytes(5), false)));
        assert!(Head::read(b"HTTP/1.1 200 OK\r\n").unwrap().is_none());
    }
}
