//! Heads of messages: fields in one buffer that is used again for the next message, so that reading a head allocates
//! nothing once a connection is warm.

use std::ops::Range;

/// Fields that the balancer itself reads or writes; all others only pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Connection,
    ContentLength,
    ContentType,
    Cookie,
    Date,
    Expect,
    Host,
    /// `Keep-Alive`, `Proxy-Connection`, `TE`, `Trailer`, `HTTP2-Settings`: for one hop only.
    HopByHop,
    Server,
    SetCookie,
    TransferEncoding,
    Upgrade,
    UserAgent,
    XAmznTraceId,
    XForwardedFor,
    XForwardedPort,
    XForwardedProto,
    /// `X-Amzn-Tls-…`: written by the balancer, so nobody else may.
    XAmznTls,
    Other,
}

impl Known {
    pub fn of(name: &[u8]) -> Known {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        match name.len() {
            2 if is("te") => Known::HopByHop,
            4 if is("host") => Known::Host,
            4 if is("date") => Known::Date,
            6 if is("cookie") => Known::Cookie,
            6 if is("expect") => Known::Expect,
            6 if is("server") => Known::Server,
            7 if is("upgrade") => Known::Upgrade,
            7 if is("trailer") => Known::HopByHop,
            10 if is("connection") => Known::Connection,
            10 if is("keep-alive") => Known::HopByHop,
            10 if is("set-cookie") => Known::SetCookie,
            10 if is("user-agent") => Known::UserAgent,
            12 if is("content-type") => Known::ContentType,
            14 if is("content-length") => Known::ContentLength,
            14 if is("http2-settings") => Known::HopByHop,
            15 if is("x-forwarded-for") => Known::XForwardedFor,
            15 if is("x-amzn-trace-id") => Known::XAmznTraceId,
            16 if is("x-forwarded-port") => Known::XForwardedPort,
            16 if is("proxy-connection") => Known::HopByHop,
            17 if is("x-forwarded-proto") => Known::XForwardedProto,
            17 if is("transfer-encoding") => Known::TransferEncoding,
            18 if is("x-amzn-tls-version") => Known::XAmznTls,
            23 if is("x-amzn-tls-cipher-suite") => Known::XAmznTls,
            _ => Known::Other,
        }
    }
}

#[derive(Debug, Default, Clone)]
pub struct Fields {
    text: Vec<u8>,
    items: Vec<Field>,
}

#[derive(Debug, Clone)]
struct Field {
    known: Known,
    name: Range<u32>,
    value: Range<u32>,
}

impl Fields {
    pub fn clear(&mut self) {
        self.text.clear();
        self.items.clear();
    }

    pub fn push(&mut self, name: &[u8], value: &[u8]) -> Known {
        let known = Known::of(name);
        let name = self.append(name);
        let value = self.append(value);
        self.items.push(Field { known, name, value });
        known
    }

    /// Heads are limited to far less than 4 GiB.
    fn append(&mut self, text: &[u8]) -> Range<u32> {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(text);
        start..self.text.len() as u32
    }

    fn at(&self, range: &Range<u32>) -> &[u8] {
        &self.text[range.start as usize..range.end as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = (Known, &[u8], &[u8])> {
        self.items.iter().map(|field| (field.known, self.at(&field.name), self.at(&field.value)))
    }

    /// The first field of that name.
    pub fn get(&self, known: Known) -> Option<&[u8]> {
        self.items.iter().find(|field| field.known == known).map(|field| self.at(&field.value))
    }

    pub fn values(&self, known: Known) -> impl Iterator<Item = &[u8]> {
        self.items.iter().filter(move |field| field.known == known).map(|field| self.at(&field.value))
    }

    /// All fields with a name, without regard to case.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.iter().filter(move |(_, own, _)| own.eq_ignore_ascii_case(name.as_bytes())).map(|(_, _, value)| value)
    }

    pub fn remove(&mut self, known: Known) {
        self.items.retain(|field| field.known != known);
    }

    pub fn retain(&mut self, keeps: impl Fn(Known, &[u8]) -> bool) {
        let text = &self.text;
        let name = |field: &Field| &text[field.name.start as usize..field.name.end as usize];
        self.items.retain(|field| keeps(field.known, name(field)));
    }

    /// Whether a comma-separated field lists `token`.
    pub fn lists(&self, known: Known, token: &str) -> bool {
        self.values(known).any(|value| tokens(value).any(|own| own.eq_ignore_ascii_case(token.as_bytes())))
    }
}

/// The members of a comma-separated list.
pub fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|token| !token.is_empty())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    Http10,
    #[default]
    Http11,
    Http2,
}

impl Version {
    /// As access logs write it.
    pub fn name(self) -> &'static str {
        match self {
            Version::Http10 => "HTTP/1.0",
            Version::Http11 => "HTTP/1.1",
            Version::Http2 => "HTTP/2.0",
        }
    }
}

/// How long a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Framing {
    #[default]
    None,
    Length(u64),
    Chunked,
    /// Answers only.
    UntilClose,
}

#[derive(Debug, Default, Clone)]
pub struct RequestHead {
    method: String,
    target: String,
    path_end: usize,
    pub version: Version,
    /// `Host`, or the authority of an absolute target, with its port if it has one.
    pub host: String,
    pub fields: Fields,
    pub framing: Framing,
}

impl RequestHead {
    pub fn clear(&mut self) {
        self.method.clear();
        self.target.clear();
        self.path_end = 0;
        self.host.clear();
        self.fields.clear();
        self.framing = Framing::None;
    }

    /// `target` is a path with its query, or `*`.
    pub fn set_line(&mut self, method: &str, target: &str, version: Version) {
        self.method.clear();
        self.method.push_str(method);
        self.target.clear();
        self.target.push_str(target);
        self.path_end = target.find('?').unwrap_or(target.len());
        self.version = version;
    }

    pub fn method(&self) -> &str {
        &self.method
    }

    pub fn target(&self) -> &str {
        &self.target
    }

    pub fn path(&self) -> &str {
        &self.target[..self.path_end]
    }

    /// Without its question mark.
    pub fn query(&self) -> &str {
        self.target.get(self.path_end + 1..).unwrap_or_default()
    }

    /// The host without its port.
    pub fn host_name(&self) -> &str {
        split_port(&self.host).0
    }

    /// Whether doing it twice is doing it once (RFC 9110, 9.2.2).
    pub fn is_idempotent(&self) -> bool {
        matches!(self.method(), "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS")
    }
}

/// `host:port`, where the host may be an address in brackets.
pub fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => (host, Some(port)),
        _ => (authority, None),
    }
}

#[derive(Debug, Default)]
pub struct ResponseHead {
    pub status: u16,
    pub reason: String,
    pub version: Version,
    pub fields: Fields,
    pub framing: Framing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_name_and_by_kind() {
        let mut fields = Fields::default();
        assert_eq!(fields.push(b"X-FORWARDED-for", b"1.2.3.4"), Known::XForwardedFor);
        fields.push(b"Accept", b"a");
        fields.push(b"accept", b"b");
        fields.push(b"Connection", b"close, Upgrade");
        assert_eq!(fields.get(Known::XForwardedFor), Some(&b"1.2.3.4"[..]));
        assert_eq!(fields.all("ACCEPT").collect::<Vec<_>>(), [b"a", b"b"]);
        assert!(fields.lists(Known::Connection, "upgrade"));
        fields.remove(Known::Connection);
        assert_eq!(fields.iter().count(), 3);
    }

    #[test]
    fn a_target_is_a_path_and_a_query() {
        let mut head = RequestHead::default();
        head.set_line("GET", "/a?b=c?d", Version::Http11);
        assert_eq!((head.path(), head.query()), ("/a", "b=c?d"));
        head.set_line("GET", "/a", Version::Http11);
        assert_eq!((head.path(), head.query()), ("/a", ""));
    }

    #[test]
    fn ports_are_split_from_hosts() {
        assert_eq!(split_port("a.b:80"), ("a.b", Some("80")));
        assert_eq!(split_port("[::1]"), ("[::1]", None));
        assert_eq!(split_port("[::1]:8"), ("[::1]", Some("8")));
        assert_eq!(split_port("a.b"), ("a.b", None));
    }
}
