//! A client of the instance metadata service, version 2 (EC2 user guide, "Use IMDSv2"): a token first, then
//! questions that carry it. HTTP/1.0 over a plain socket, so that the answer ends where the connection does.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::console::Deadline;

const SERVICE: (Ipv4Addr, u16) = (Ipv4Addr::new(169, 254, 169, 254), 80);
/// User data is at most 16 KiB; nothing else that we read is larger.
const LIMIT: u64 = 1 << 20;

/// A session with the service.
pub struct Metadata {
    token: String,
}

/// An answer's status and body.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Metadata {
    /// Opens a session, waiting at most `patience` for a service that is not up yet.
    pub fn open(patience: Duration) -> Option<Self> {
        let deadline = Deadline::after(patience);
        while let Some(left) = deadline.left() {
            match request("PUT", "/latest/api/token", ("X-aws-ec2-metadata-token-ttl-seconds", "21600"), left) {
                Ok(Answer { status: 200, body }) => {
                    return Some(Self { token: String::from_utf8_lossy(&body).trim().to_owned() });
                }
                // Switched off for this machine: no use in asking again.
                Ok(Answer { status: 403, .. }) => return None,
                _ => std::thread::sleep(left.min(Duration::from_millis(20))),
            }
        }
        None
    }

    /// A leaf below `/latest/`; `None` if there is none or the service failed.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        let header = ("X-aws-ec2-metadata-token", self.token.as_str());
        let answer = request("GET", &format!("/latest/{path}"), header, Duration::from_secs(5)).ok()?;
        (answer.status == 200).then_some(answer.body)
    }

    /// A leaf as text.
    pub fn text(&self, path: &str) -> Option<String> {
        Some(String::from_utf8_lossy(&self.get(path)?).trim().to_owned())
    }
}

fn request(method: &str, path: &str, header: (&str, &str), patience: Duration) -> Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from(SERVICE), patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    let (name, value) = header;
    let text = format!(
        "{method} {path} HTTP/1.0\r\nHost: 169.254.169.254\r\n{name}: {value}\r\nContent-Length: 0\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(text.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(LIMIT).read_to_end(&mut answer)?;
    parse(&answer).ok_or_else(|| Error::new(ErrorKind::InvalidData, "not an HTTP answer"))
}

/// Reads a whole answer. The length that a server states is believed only to cut what follows it.
fn parse(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok());
    let body = &answer[end + 4..];
    if length.is_some_and(|length| length > body.len()) {
        return None;
    }
    Some(Answer { status, body: body[..length.unwrap_or(body.len())].to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_and_without_a_length() {
        let with = parse(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nabc");
        assert_eq!(with, Some(Answer { status: 200, body: b"ab".to_vec() }));
        let without = parse(b"HTTP/1.0 404 Not Found\r\n\r\n");
        assert_eq!(without, Some(Answer { status: 404, body: Vec::new() }));
    }

    #[test]
    fn a_cut_answer_is_no_answer() {
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"), None);
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\n"), None);
        assert_eq!(parse(b""), None);
    }
}
