//! Which requests are answered. A browser on this host also shows pages of strangers, and those can make it send
//! requests: by a name of theirs that they let lead to this host, or by a form, an image or a frame whose address is here.

use std::net::IpAddr;

use freehold_wire::server::PlainRequest;
use http::{HeaderMap, Method, StatusCode, header};

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the console only shows: GET its pages")]
    Method,
    #[error("this page answers to localhost and to addresses of this host, and to no other name")]
    Host,
    #[error("this page is no part of pages of others")]
    Embedded,
}

impl Refusal {
    pub fn status(self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Host | Self::Embedded => StatusCode::FORBIDDEN,
        }
    }
}

/// `None` for requests that the console answers. Pages of others may lead to it.
pub fn refusal(request: &PlainRequest) -> Option<Refusal> {
    let headers = request.headers();
    let is_led_here =
        (header(headers, "sec-fetch-mode"), header(headers, "sec-fetch-dest")) == (Some("navigate"), Some("document"));
    match refusal_of_strangers(request) {
        Some(Refusal::Embedded) if is_led_here => {}
        Some(refusal) => return Some(refusal),
        None => {}
    }
    (!matches!(*request.method(), Method::GET | Method::HEAD)).then_some(Refusal::Method)
}

/// `None` for requests that no page of a stranger can have made. What changes something is for those only.
pub fn refusal_of_strangers(request: &PlainRequest) -> Option<Refusal> {
    let named = match header(request.headers(), header::HOST.as_str()) {
        Some(host) => Some(host),
        None => request.uri().authority().map(|authority| authority.as_str()),
    };
    if !named.is_some_and(is_own) {
        return Some(Refusal::Host);
    }
    is_of_another_page(request.headers()).then_some(Refusal::Embedded)
}

/// Whether this is a name of this host that nobody else can let lead elsewhere (*RFC 6761, 6.3: localhost*).
fn is_own(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(address, _)| address),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let is_loopback = name.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    is_loopback || name == "localhost" || name.ends_with(".localhost")
}

/// Whether a browser says that a page of another origin asks (*Fetch Metadata Request Headers*). Other clients say nothing.
fn is_of_another_page(headers: &HeaderMap) -> bool {
    !matches!(header(headers, "sec-fetch-site"), None | Some("none" | "same-origin"))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, headers: &[(&str, &str)]) -> PlainRequest {
        let request = http::Request::builder().method(method).uri("/_freehold/console");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(Default::default()).unwrap()
    }

    #[test]
    fn names_of_this_host_are_answered() {
        for host in
            ["localhost", "LOCALHOST:4566", "my.localhost", "localhost.", "127.0.0.1:4566", "127.9.9.9", "[::1]:80"]
        {
            assert_eq!(refusal(&request(Method::GET, &[("host", host)])), None, "{host}");
        }
    }

    #[test]
    fn names_that_lead_to_this_host_by_chance_are_not() {
        for host in
            ["", "evil.example", "localhost.evil.example", "evillocalhost", "10.0.0.1", "[::2]", "[::1", "0.0.0.0"]
        {
            assert_eq!(refusal(&request(Method::GET, &[("host", host)])), Some(Refusal::Host), "{host}");
        }
        assert_eq!(refusal(&request(Method::GET, &[])), Some(Refusal::Host));
    }

    #[test]
    fn pages_of_others_may_lead_to_the_console_and_not_hold_it() {
        let told = |site, mode, dest| {
            let host = ("host", "localhost");
            let fetch = [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)];
            refusal(&request(Method::GET, &[[host].as_slice(), &fetch].concat()))
        };
        assert_eq!(told("none", "navigate", "document"), None);
        assert_eq!(told("same-origin", "no-cors", "style"), None);
        assert_eq!(told("cross-site", "navigate", "document"), None);
        for (mode, dest) in [("no-cors", "image"), ("navigate", "iframe"), ("cors", "empty")] {
            assert_eq!(told("cross-site", mode, dest), Some(Refusal::Embedded), "{mode} {dest}");
            assert_eq!(told("same-site", mode, dest), Some(Refusal::Embedded), "{mode} {dest}");
        }
    }

    #[test]
    fn a_form_of_a_stranger_changes_nothing() {
        let told = |site| {
            let fetch = [("sec-fetch-site", site), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
            refusal_of_strangers(&request(Method::POST, &[[("host", "localhost")].as_slice(), &fetch].concat()))
        };
        assert_eq!(told("cross-site"), Some(Refusal::Embedded));
        assert_eq!(told("none"), None);
        let plain = |host| refusal_of_strangers(&request(Method::POST, &[("host", host)]));
        assert_eq!((plain("localhost:4566"), plain("evil.example")), (None, Some(Refusal::Host)));
    }

    #[test]
    fn nothing_but_reading_is_answered() {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            assert_eq!(refusal(&request(method, &[("host", "localhost")])), Some(Refusal::Method));
        }
        assert_eq!(refusal(&request(Method::HEAD, &[("host", "localhost")])), None);
    }
}
