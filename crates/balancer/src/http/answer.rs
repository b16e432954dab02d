//! What the balancer answers by itself: errors with AWS's pages, redirects and fixed responses.

use super::fault::Fault;
use crate::http::message::{RequestHead, split_port};
use crate::snapshot::Redirect;

pub const SERVER: &str = "awselb/2.0";

/// The longest `Location`, 8 KiB (*User Guide, HTTP 507*).
const LONGEST_LOCATION: usize = 8 << 10;

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub location: Option<String>,
    pub body: String,
    /// Nothing more is read from this client.
    pub closes: bool,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Error,
    Redirect,
    Fixed,
}

impl Answer {
    pub fn to(fault: &Fault) -> Answer {
        Answer { closes: fault.ends_connection(), ..Answer::page(fault.status(), Kind::Error) }
    }

    /// Without regard to why: a desync-mitigated or otherwise refused request.
    fn page(status: u16, kind: Kind) -> Answer {
        let title = format!("{status} {}", reason(status));
        let body = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
        );
        Answer { status, content_type: "text/html".into(), location: None, body, closes: false, kind }
    }

    pub fn fixed(status: u16, content_type: &str, body: &str) -> Answer {
        let content_type = format!("{content_type}; charset=utf-8");
        Answer { status, content_type, location: None, body: body.to_owned(), closes: false, kind: Kind::Fixed }
    }

    pub fn redirect(to: &Redirect, request: &RequestHead, scheme: &str, port: u16) -> Result<Answer, Fault> {
        let location = location(to, request, scheme, port);
        match location.len() {
            0..=LONGEST_LOCATION => Ok(Answer { location: Some(location), ..Answer::page(to.status, Kind::Redirect) }),
            _ => Err(Fault::RedirectTooLong),
        }
    }
}

/// *API reference, RedirectActionConfig*: `#{protocol}`, `#{host}`, `#{port}`, `#{path}` (without its leading slash) and
/// `#{query}` stand for the request's.
fn location(to: &Redirect, request: &RequestHead, scheme: &str, port: u16) -> String {
    let fill = |template: &str| {
        let filled = template
            .replace("#{protocol}", scheme)
            .replace("#{host}", split_port(&request.host).0)
            .replace("#{port}", &port.to_string());
        filled.replace("#{path}", request.path().trim_start_matches('/')).replace("#{query}", request.query())
    };
    let protocol = fill(&to.protocol).to_ascii_lowercase();
    let (host, port, query) = (fill(&to.host), fill(&to.port), fill(&to.query));
    let mut path = fill(&to.path);
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    match query.is_empty() {
        true => format!("{protocol}://{host}:{port}{path}"),
        false => format!("{protocol}://{host}:{port}{path}?{query}"),
    }
}

/// What stands beside a status: HTTP's words, and none for AWS's own statuses.
pub fn reason(status: u16) -> &'static str {
    match status {
        302 => "Found",
        414 => "URI Too Long",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        _ => http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::message::Version;

    fn redirect(protocol: &str, host: &str, port: &str, path: &str, query: &str, target: &str) -> String {
        let to = Redirect {
            protocol: protocol.into(),
            host: host.into(),
            port: port.into(),
            path: path.into(),
            query: query.into(),
            status: 301,
        };
        let mut head = RequestHead::default();
        head.set_line("GET", target, Version::Http11);
        head.host = "www.example.com:8080".into();
        Answer::redirect(&to, &head, "http", 8080).unwrap().location.unwrap()
    }

    #[test]
    fn a_redirect_fills_in_what_the_request_has() {
        let https = redirect("HTTPS", "#{host}", "443", "/#{path}", "#{query}", "/a/b?c=d");
        assert_eq!(https, "https://www.example.com:443/a/b?c=d");
        let same = redirect("#{protocol}", "#{host}", "#{port}", "/new/#{path}", "", "/a");
        assert_eq!(same, "http://www.example.com:8080/new/a");
    }

    #[test]
    fn errors_look_like_those_of_aws() {
        let answer = Answer::to(&Fault::TargetClosed);
        assert_eq!(answer.status, 502);
        assert!(answer.body.contains("<center><h1>502 Bad Gateway</h1></center>"));
        assert!(!answer.closes);
        assert!(Answer::to(&Fault::Malformed("")).closes);
    }
}
