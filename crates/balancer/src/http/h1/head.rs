//! Reads a request's head. Strict: whatever two servers could read in two ways is refused or noted (see
//! [`desync`](crate::http::desync)).

use memchr::memchr;

use crate::http::desync::{Class, Verdict, is_suspicious};
use crate::http::fault::Fault;
use crate::http::message::{Framing, Known, RequestHead, Version};

/// *User Guide, Quotas*: a request line, a single header and the whole head.
const LONGEST_LINE: usize = 16 << 10;
const LONGEST_FIELD: usize = 16 << 10;
pub const LONGEST_HEAD: usize = 64 << 10;
/// *User Guide, Classic: the total method length must not exceed 127 characters.*
const LONGEST_METHOD: usize = 127;

/// A request that cannot be served, and what desync mitigation calls it.
#[derive(Debug)]
pub struct Refusal {
    pub fault: Fault,
    pub verdict: Verdict,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal { fault, verdict: Verdict::default() }
    }
}

fn severe(reason: &'static str) -> Refusal {
    Refusal { fault: Fault::Malformed(reason), verdict: Verdict::severe(reason) }
}

/// Reads one head from the start of `buffer` into `head`. Returns how long it was and how it is classified, or nothing if
/// it is not all there yet.
pub fn parse(buffer: &[u8], head: &mut RequestHead) -> Result<Option<(usize, Verdict)>, Refusal> {
    head.clear();
    let mut verdict = Verdict::default();
    let mut at = blank_lines(buffer);
    let Some(line) = next_line(buffer, &mut at, LONGEST_LINE, Fault::LineTooLong)? else { return Ok(None) };
    request_line(line, head, &mut verdict)?;
    let mut framing = FramingFields::default();
    loop {
        let too_long = Fault::Malformed("a header is too long");
        let Some(line) = next_line(buffer, &mut at, LONGEST_FIELD, too_long)? else {
            return match buffer.len() {
                0..LONGEST_HEAD => Ok(None),
                _ => Err(Fault::Malformed("the head is too long").into()),
            };
        };
        if line.is_empty() {
            break;
        }
        field(line, head, &mut framing, &mut verdict)?;
    }
    head.framing = framing.decide(head, &mut verdict)?;
    host(head)?;
    Ok(Some((at, verdict)))
}

/// RFC 9112, 2.2: a server should ignore at least one empty line before the request line.
fn blank_lines(buffer: &[u8]) -> usize {
    let mut at = 0;
    while at < 4 && buffer[at..].starts_with(b"\r\n") {
        at += 2;
    }
    at
}

/// A line without its end, which is CR LF and nothing else: a bare LF is where servers disagree.
fn next_line<'a>(
    buffer: &'a [u8],
    at: &mut usize,
    longest: usize,
    too_long: Fault,
) -> Result<Option<&'a [u8]>, Refusal> {
    let rest = &buffer[*at..];
    match memchr(b'\n', rest) {
        Some(end) if end > longest => Err(too_long.into()),
        None if rest.len() > longest => Err(too_long.into()),
        None => Ok(None),
        Some(end) => {
            let line = rest[..end].strip_suffix(b"\r").ok_or_else(|| severe("NonCrLfLineTermination"))?;
            *at += end + 1;
            Ok(Some(line))
        }
    }
}

fn request_line(line: &[u8], head: &mut RequestHead, verdict: &mut Verdict) -> Result<(), Refusal> {
    let first = memchr(b' ', line).ok_or_else(|| severe("BadMethod"))?;
    let (method, rest) = (&line[..first], &line[first + 1..]);
    let last = rest.iter().rposition(|byte| *byte == b' ').ok_or_else(|| severe("BadVersion"))?;
    let (target, version) = (&rest[..last], &rest[last + 1..]);
    let method = match std::str::from_utf8(method) {
        Ok(text) if !text.is_empty() && text.bytes().all(is_token) => text,
        _ => return Err(severe("BadMethod")),
    };
    let version = match version {
        b"HTTP/1.1" => Version::Http11,
        b"HTTP/1.0" => Version::Http10,
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'2'..=b'9'] => {
            verdict.note(Class::Acceptable, "NonCompliantVersion");
            Version::Http11
        }
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => return Err(Fault::Version.into()),
        _ => return Err(severe("BadVersion")),
    };
    if method == "CONNECT" {
        return Err(Fault::Malformed("CONNECT is not supported").into());
    }
    let target = clean_target(target, verdict)?;
    match absolute(&target) {
        Some((authority, path)) => {
            head.set_line(method, if path.is_empty() { "/" } else { &path }, version);
            head.host = authority;
        }
        None if target.starts_with('/') || (target == "*" && method == "OPTIONS") => {
            head.set_line(method, &target, version);
        }
        None => return Err(severe("BadUri")),
    }
    if method.len() > LONGEST_METHOD || method == "TRACE" {
        return Err(Fault::Method.into());
    }
    Ok(())
}

/// What is not a visible ASCII character leaves as an escape, so that every target sees the same URI.
fn clean_target(target: &[u8], verdict: &mut Verdict) -> Result<String, Refusal> {
    if target.iter().all(u8::is_ascii_graphic) {
        // Visible ASCII is UTF-8.
        return String::from_utf8(target.to_vec()).map_err(|_| severe("BadUri"));
    }
    let mut clean = String::with_capacity(target.len() + 16);
    for byte in target {
        match byte {
            0 | b'\r' => return Err(severe("BadUri")),
            b' ' => verdict.note(Class::Acceptable, "SpaceInUri"),
            0x01..=0x1f | 0x7f => verdict.note(Class::Ambiguous, "AmbiguousUri"),
            _ => {}
        }
        match byte.is_ascii_graphic() {
            true => clean.push(char::from(*byte)),
            false => clean.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(clean)
}

/// `http://authority/path` as authority and path.
fn absolute(target: &str) -> Option<(String, String)> {
    let start = target.get(..8)?.to_ascii_lowercase();
    let rest = if start.starts_with("http://") {
        &target[7..]
    } else if start == "https://" {
        &target[8..]
    } else {
        return None;
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = if path.starts_with('?') { format!("/{path}") } else { path.to_owned() };
    Some((authority.to_owned(), path))
}

fn field(
    line: &[u8],
    head: &mut RequestHead,
    framing: &mut FramingFields,
    verdict: &mut Verdict,
) -> Result<(), Refusal> {
    if matches!(line[0], b' ' | b'\t') {
        return Err(severe(if line.trim_ascii().is_empty() { "EmptyHeader" } else { "MultilineHeader" }));
    }
    let colon = memchr(b':', line).ok_or_else(|| severe("MissingHeaderColon"))?;
    let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
        return Err(severe(if is_suspicious(name) { "SuspiciousHeader" } else { "BadHeader" }));
    }
    for byte in value {
        match byte {
            0 | b'\r' => return Err(severe("BadHeader")),
            b'\t' | b' '..=b'~' => {}
            _ => verdict.note(Class::Acceptable, "NonCompliantHeader"),
        }
    }
    match head.fields.push(name, value) {
        Known::ContentLength => framing.length(value, verdict)?,
        Known::TransferEncoding => framing.coding(value)?,
        Known::Other if is_suspicious(name) => verdict.note(Class::Ambiguous, "SuspiciousHeader"),
        _ => {}
    }
    Ok(())
}

/// RFC 9110, 5.6.2.
pub fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// What the fields say about how long the body is.
#[derive(Default)]
struct FramingFields {
    length: Option<u64>,
    is_chunked: bool,
    has_coding: bool,
}

impl FramingFields {
    fn length(&mut self, value: &[u8], verdict: &mut Verdict) -> Result<(), Refusal> {
        let length = content_length(value).ok_or_else(|| severe("BadContentLength"))?;
        match self.length {
            Some(other) if other != length => return Err(severe("MultipleContentLength")),
            Some(_) => verdict.note(Class::Ambiguous, "DuplicateContentLength"),
            None => {}
        }
        self.length = Some(length);
        Ok(())
    }

    /// *User Guide, HTTP 501*: supported are `chunked` and `identity`.
    fn coding(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if self.has_coding {
            return Err(severe("MultipleTransferEncodingChunked"));
        }
        self.has_coding = true;
        self.is_chunked = match value {
            _ if value.eq_ignore_ascii_case(b"chunked") => true,
            _ if value.eq_ignore_ascii_case(b"identity") => false,
            _ => return Err(Refusal { fault: Fault::Coding, verdict: Verdict::severe("BadTransferEncoding") }),
        };
        Ok(())
    }

    fn decide(self, head: &RequestHead, verdict: &mut Verdict) -> Result<Framing, Refusal> {
        let has_no_body = matches!(head.method(), "GET" | "HEAD");
        if self.has_coding && head.version == Version::Http10 {
            return Err(severe("BadTransferEncoding"));
        }
        if self.has_coding && self.length.is_some() {
            verdict.note(Class::Ambiguous, "BothTeClPresent");
        }
        if self.has_coding && has_no_body {
            verdict.note(Class::Ambiguous, "UndefinedTransferEncodingSemantics");
        }
        match self.length {
            Some(0) if has_no_body => verdict.note(Class::Acceptable, "GetHeadZeroContentLength"),
            Some(_) if has_no_body => verdict.note(Class::Ambiguous, "UndefinedContentLengthSemantics"),
            _ => {}
        }
        Ok(match (self.is_chunked, self.length) {
            (true, _) => Framing::Chunked,
            (false, Some(0)) | (false, None) => Framing::None,
            (false, Some(length)) => Framing::Length(length),
        })
    }
}

/// Digits and nothing else.
pub fn content_length(value: &[u8]) -> Option<u64> {
    let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    digits.then(|| std::str::from_utf8(value).ok()?.parse().ok()).flatten()
}

/// RFC 9112, 3.2: exactly one `Host`, which an absolute target overrides; HTTP/1.0 may have none.
fn host(head: &mut RequestHead) -> Result<(), Refusal> {
    let mut hosts = head.fields.values(Known::Host);
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => return Err(severe("MultipleHost")),
        (None, _) if head.version == Version::Http11 => return Err(Fault::Malformed("there is no Host").into()),
        (Some(host), None) if head.host.is_empty() => {
            let host = String::from_utf8(host.to_vec()).map_err(|_| severe("BadHeader"))?;
            head.host = host;
        }
        _ => {}
    }
    match head.host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(&byte)) {
        true => Ok(()),
        false => Err(severe("BadHeader")),
    }
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;
