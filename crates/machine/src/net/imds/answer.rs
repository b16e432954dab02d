//! What a request is answered with: a pure function of the request, the metadata and the time.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue, SERVER};
use http::{HeaderName, Method, Request, Response, StatusCode};
use http_body_util::Full;
use jiff::Timestamp;

use super::token::Tokens;
use super::tree::{self, Found};
use crate::net::metadata::InstanceMetadata;

const TOKEN: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token");
const TOKEN_TTL: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

const TOKEN_PATH: &str = "/latest/api/token";

/// Six hours (*Use IMDSv2*).
const MAX_TOKEN_TTL: u64 = 21_600;

const TEXT: &str = "text/plain";

/// An answer, not yet on its way.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    /// One more header.
    pub header: Option<(HeaderName, HeaderValue)>,
    /// Set where the body is a token: how many hops it may travel.
    pub hop_limit: Option<u8>,
}

/// Decides on a request from a machine with this metadata; `None`: from nobody we know.
pub fn answer<B>(request: &Request<B>, metadata: Option<&InstanceMetadata>, tokens: &Tokens, now: Timestamp) -> Answer {
    let Some(metadata) = metadata else { return Answer::error(StatusCode::NOT_FOUND) };
    if !metadata.enabled {
        return Answer::error(StatusCode::FORBIDDEN);
    }
    let path = request.uri().path();
    if path == TOKEN_PATH {
        return match *request.method() {
            Method::PUT => new_token(request, metadata, tokens, now),
            _ => Answer::not_allowed("OPTIONS, PUT"),
        };
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Answer::not_allowed("GET, HEAD");
    }
    let is_authorised = match request.headers().get(TOKEN) {
        Some(token) => token.to_str().is_ok_and(|token| tokens.is_valid(token, &metadata.machine, now)),
        None => !metadata.tokens_required,
    };
    if !is_authorised {
        return Answer::error(StatusCode::UNAUTHORIZED);
    }
    match tree::find(metadata, path) {
        Some(Found::Text(text)) => Answer::ok(TEXT, text.into_bytes()),
        Some(Found::Bytes(bytes)) => Answer::ok("application/octet-stream", bytes),
        None => Answer::error(StatusCode::NOT_FOUND),
    }
}

fn new_token<B>(request: &Request<B>, metadata: &InstanceMetadata, tokens: &Tokens, now: Timestamp) -> Answer {
    // Set by proxies: whoever asks is not the instance itself.
    if request.headers().contains_key(FORWARDED_FOR) {
        return Answer::error(StatusCode::FORBIDDEN);
    }
    let ttl = request.headers().get(TOKEN_TTL).and_then(|ttl| ttl.to_str().ok()?.trim().parse::<u64>().ok());
    let Some(ttl) = ttl.filter(|ttl| (1..=MAX_TOKEN_TTL).contains(ttl)) else {
        return Answer::error(StatusCode::BAD_REQUEST);
    };
    let token = tokens.issue(&metadata.machine, Duration::from_secs(ttl), now);
    let mut answer = Answer::ok(TEXT, token.into_bytes());
    answer.header = Some((TOKEN_TTL, HeaderValue::from(ttl)));
    answer.hop_limit = Some(metadata.hop_limit.clamp(1, 64));
    answer
}

impl Answer {
    fn ok(content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, content_type, body, header: None, hop_limit: None }
    }

    /// An error with a page that says no more than its name.
    pub fn error(status: StatusCode) -> Self {
        let title = format!("{} - {}", status.as_u16(), status.canonical_reason().unwrap_or_default());
        let page = format!(
            "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n\
             <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n \
             <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n </body>\n</html>\n"
        );
        Self { status, content_type: "text/html", body: page.into_bytes(), header: None, hop_limit: None }
    }

    fn not_allowed(allowed: &'static str) -> Self {
        let header = Some((ALLOW, HeaderValue::from_static(allowed)));
        Self { header, ..Self::error(StatusCode::METHOD_NOT_ALLOWED) }
    }

    pub fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(SERVER, HeaderValue::from_static("EC2ws"));
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        Tokens::load(tempfile::tempdir().unwrap().path()).unwrap()
    }

    fn instance() -> InstanceMetadata {
        InstanceMetadata {
            machine: "i-1".into(),
            enabled: true,
            tokens_required: true,
            hop_limit: 2,
            leaves: [("meta-data/ami-id".to_owned(), "ami-1".to_owned())].into(),
            user_data: Some(vec![0, 159, 146]),
        }
    }

    fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<()> {
        let request = Request::builder().method(method).uri(path);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).body(()).unwrap()
    }

    fn status(request: &Request<()>, metadata: &InstanceMetadata) -> u16 {
        answer(request, Some(metadata), &tokens(), Timestamp::UNIX_EPOCH).status.as_u16()
    }

    const TTL: (&str, &str) = ("x-aws-ec2-metadata-token-ttl-seconds", "60");

    #[test]
    fn a_token_opens_the_tree_and_says_how_far_it_may_travel() {
        let (tokens, now, instance) = (tokens(), Timestamp::UNIX_EPOCH, instance());
        let given = answer(&request("PUT", "/latest/api/token", &[TTL]), Some(&instance), &tokens, now);
        assert_eq!((given.status.as_u16(), given.hop_limit), (200, Some(2)));
        assert_eq!(given.header.as_ref().unwrap().1, "60");
        let token = String::from_utf8(given.body).unwrap();
        let with_token = [("x-aws-ec2-metadata-token", token.as_str())];
        let read = answer(&request("GET", "/latest/meta-data/ami-id", &with_token), Some(&instance), &tokens, now);
        assert_eq!((read.status.as_u16(), read.body.as_slice(), read.hop_limit), (200, &b"ami-1"[..], None));
        let raw = answer(&request("GET", "/latest/user-data", &with_token), Some(&instance), &tokens, now);
        assert_eq!((raw.content_type, raw.body), ("application/octet-stream", vec![0, 159, 146]));
    }

    #[test]
    fn tokens_are_asked_for_properly_or_not_given() {
        let put = |headers: &[(&str, &str)]| status(&request("PUT", "/latest/api/token", headers), &instance());
        assert_eq!(put(&[]), 400);
        for ttl in ["0", "21601", "-1", "six", ""] {
            assert_eq!(put(&[(TTL.0, ttl)]), 400, "{ttl}");
        }
        assert_eq!(put(&[(TTL.0, "21600")]), 200);
        assert_eq!(put(&[TTL, ("x-forwarded-for", "10.0.0.1")]), 403);
        assert_eq!(status(&request("GET", "/latest/api/token", &[]), &instance()), 405);
    }

    #[test]
    fn version_1_is_answered_only_where_it_is_allowed() {
        let get = request("GET", "/latest/meta-data/ami-id", &[]);
        assert_eq!(status(&get, &instance()), 401);
        let lenient = InstanceMetadata { tokens_required: false, ..instance() };
        assert_eq!(status(&get, &lenient), 200);
        let wrong = request("GET", "/latest/meta-data/ami-id", &[("x-aws-ec2-metadata-token", "wrong")]);
        assert_eq!(status(&wrong, &lenient), 401);
        let disabled = InstanceMetadata { enabled: false, ..lenient };
        assert_eq!(status(&get, &disabled), 403);
    }

    #[test]
    fn other_methods_unknown_paths_and_strangers_are_refused() {
        let lenient = InstanceMetadata { tokens_required: false, ..instance() };
        assert_eq!(status(&request("POST", "/latest/meta-data/ami-id", &[]), &lenient), 405);
        assert_eq!(status(&request("GET", "/latest/meta-data/nothing", &[]), &lenient), 404);
        let get = request("GET", "/latest/meta-data/ami-id", &[]);
        assert_eq!(answer(&get, None, &tokens(), Timestamp::UNIX_EPOCH).status.as_u16(), 404);
    }
}
