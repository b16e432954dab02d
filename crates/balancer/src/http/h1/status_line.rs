//! Reads the head of a target's answer. Lenient about line ends, for a target is not an attacker; strict about framing.

use memchr::memchr;

use super::head::{content_length, is_token};
use crate::http::fault::Fault;
use crate::http::message::{Framing, Known, ResponseHead, Version};

const LONGEST_HEAD: usize = 64 << 10;

/// Returns how long the head was, or nothing if it is not all there yet. `method` is the request's: an answer to HEAD has
/// no body.
pub fn parse(buffer: &[u8], method: &str, head: &mut ResponseHead) -> Result<Option<usize>, Fault> {
    head.fields.clear();
    let mut at = 0;
    let Some(line) = next_line(buffer, &mut at) else { return unfinished(buffer) };
    status_line(line, head)?;
    let (mut length, mut is_chunked, mut has_coding) = (None, false, false);
    loop {
        let Some(line) = next_line(buffer, &mut at) else { return unfinished(buffer) };
        if line.is_empty() {
            break;
        }
        let colon = memchr(b':', line).ok_or(Fault::BadAnswer("a header without a colon"))?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.is_empty()
            || !name.iter().all(|byte| is_token(*byte))
            || value.iter().any(|byte| matches!(byte, 0 | b'\r'))
        {
            return Err(Fault::BadAnswer("a header that is none"));
        }
        match head.fields.push(name, value) {
            Known::ContentLength => {
                let new = content_length(value).ok_or(Fault::BadAnswer("a bad Content-Length"))?;
                if length.is_some_and(|length| length != new) {
                    return Err(Fault::BadAnswer("several lengths"));
                }
                length = Some(new);
            }
            Known::TransferEncoding => {
                has_coding = true;
                is_chunked = value.eq_ignore_ascii_case(b"chunked");
            }
            _ => {}
        }
    }
    let has_body = method != "HEAD" && !matches!(head.status, 100..=199 | 204 | 304);
    head.framing = match (has_body, length) {
        (false, _) => Framing::None,
        _ if has_coding && !is_chunked => return Err(Fault::BadAnswer("an unknown transfer coding")),
        _ if is_chunked => Framing::Chunked,
        (true, Some(0)) => Framing::None,
        (true, Some(length)) => Framing::Length(length),
        (true, None) => Framing::UntilClose,
    };
    Ok(Some(at))
}

fn unfinished(buffer: &[u8]) -> Result<Option<usize>, Fault> {
    match buffer.len() {
        0..LONGEST_HEAD => Ok(None),
        _ => Err(Fault::BadAnswer("the head is too long")),
    }
}

fn next_line<'a>(buffer: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let rest = &buffer[*at..];
    let end = memchr(b'\n', rest)?;
    *at += end + 1;
    Some(rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]))
}

/// `HTTP/1.1 200 OK`; the words may be missing.
fn status_line(line: &[u8], head: &mut ResponseHead) -> Result<(), Fault> {
    let bad = Fault::BadAnswer("the status line");
    head.version = match line.get(..9) {
        Some(b"HTTP/1.1 ") => Version::Http11,
        Some(b"HTTP/1.0 ") => Version::Http10,
        _ => return Err(bad),
    };
    let status = line.get(9..12).filter(|digits| digits.iter().all(u8::is_ascii_digit)).ok_or(bad)?;
    head.status = status.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    let rest = &line[12..];
    if head.status < 100 || !(rest.is_empty() || rest[0] == b' ') {
        return Err(Fault::BadAnswer("the status line"));
    }
    head.reason.clear();
    head.reason.push_str(&String::from_utf8_lossy(rest.trim_ascii()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, method: &str) -> Result<ResponseHead, Fault> {
        let mut head = ResponseHead::default();
        assert_eq!(parse(text.as_bytes(), method, &mut head)?, Some(text.len()));
        Ok(head)
    }

    #[test]
    fn answers_are_framed() {
        let framing = |text: &str, method: &str| read(text, method).unwrap().framing;
        assert_eq!(framing("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "GET"), Framing::Length(3));
        assert_eq!(framing("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD"), Framing::None);
        assert_eq!(framing("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", "GET"), Framing::None);
        assert_eq!(framing("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", "GET"), Framing::Chunked);
        assert_eq!(framing("HTTP/1.0 200\r\n\r\n", "GET"), Framing::UntilClose);
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for wrong in [
            "HTTP/2 200 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 2000\r\n\r\n",
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX\r\n\r\n",
        ] {
            assert_eq!(read(wrong, "GET").unwrap_err().status(), 502, "{wrong}");
        }
    }
}
