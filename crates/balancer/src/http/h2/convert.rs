//! Between hyper's heads and ours.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Request, Response, Uri};
use hyper::body::Incoming;

use crate::http::fault::Fault;
use crate::http::h1::content_length;
use crate::http::message::{Framing, Known, RequestHead, ResponseHead, Version};

/// Reads a request's head. HTTP/2 has been checked for form by hyper already.
pub fn request_head(parts: &Parts, has_body: bool) -> Result<RequestHead, Fault> {
    let mut head = RequestHead::default();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    head.set_line(parts.method.as_str(), target, Version::Http2);
    for (name, value) in &parts.headers {
        // RFC 9113, 8.2.3: cookies may come in crumbs, and leave as one.
        if name != http::header::COOKIE {
            head.fields.push(name.as_str().as_bytes(), value.as_bytes());
        }
    }
    let crumbs: Vec<&[u8]> = parts.headers.get_all(http::header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if !crumbs.is_empty() {
        head.fields.push(b"cookie", &crumbs.join(&b"; "[..]));
    }
    head.host = match (parts.uri.authority(), head.fields.get(Known::Host)) {
        (Some(authority), _) => authority.as_str().rsplit('@').next().unwrap_or_default().to_owned(),
        (None, Some(host)) => String::from_utf8_lossy(host).into_owned(),
        (None, None) => return Err(Fault::Malformed("there is no authority")),
    };
    head.framing = match (has_body, head.fields.get(Known::ContentLength)) {
        (false, _) => Framing::None,
        (true, None) => Framing::Chunked,
        (true, Some(length)) => Framing::Length(content_length(length).ok_or(Fault::Malformed("the content length"))?),
    };
    match head.method() {
        "TRACE" => Err(Fault::Method),
        "CONNECT" => Err(Fault::Malformed("CONNECT is not supported")),
        _ => Ok(head),
    }
}

fn passes(known: Known, value: &[u8]) -> bool {
    match known {
        Known::Connection | Known::Host | Known::TransferEncoding | Known::Upgrade | Known::Expect => false,
        // gRPC needs it, and no other value is allowed (RFC 9113, 8.2.2).
        Known::HopByHop => value.eq_ignore_ascii_case(b"trailers"),
        _ => true,
    }
}

fn copy<'a>(from: impl Iterator<Item = (Known, &'a [u8], &'a [u8])>, to: &mut HeaderMap) {
    for (known, name, value) in from {
        let pair = HeaderName::from_bytes(name).ok().zip(HeaderValue::from_bytes(value).ok());
        if let Some((name, value)) = pair
            && passes(known, value.as_bytes())
        {
            to.append(name, value);
        }
    }
}

/// The request as an HTTP/2 target gets it.
pub fn to_target(head: &RequestHead, scheme: &str, body: Incoming) -> Result<Request<Incoming>, Fault> {
    let malformed = |_| Fault::Malformed("the URI");
    let uri = Uri::builder().scheme(scheme).authority(head.host.as_str()).path_and_query(head.target());
    let mut request = Request::builder()
        .method(head.method())
        .uri(uri.build().map_err(malformed)?)
        .version(http::Version::HTTP_2)
        .body(body)
        .map_err(malformed)?;
    copy(head.fields.iter(), request.headers_mut());
    Ok(request)
}

/// The head of an HTTP/1.1 target's answer as the client gets it.
pub fn from_http1<B>(answer: &ResponseHead, cookies: &[String], body: B) -> Result<Response<B>, Fault> {
    let mut response = Response::new(body);
    *response.status_mut() = answer.status.try_into().map_err(|_| Fault::BadAnswer("the status"))?;
    copy(answer.fields.iter(), response.headers_mut());
    add_cookies(cookies, response.headers_mut());
    Ok(response)
}

pub fn add_cookies(cookies: &[String], to: &mut HeaderMap) {
    for value in cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
        to.append(http::header::SET_COOKIE, value);
    }
}
