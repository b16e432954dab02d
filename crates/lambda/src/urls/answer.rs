//! What a function returned, as an answer (*Developer guide, Response payload format*).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use freehold_wire::server::PlainResponse;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::invoke::MOST_SYNCHRONOUS;

/// Between the head and the body of a streamed response.
const GAP: &[u8] = &[0; 8];
/// The media type of a stream that begins with a head.
const WITH_HEAD: &str = "application/vnd.awslambda.http-integration-response";

/// An answer of the region's own.
pub(super) fn told(status: StatusCode, body: &Value) -> PlainResponse {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

pub(super) fn forbidden() -> PlainResponse {
    told(StatusCode::FORBIDDEN, &json!({"Message": "Forbidden"}))
}

/// *Developer guide, Lambda quotas: Invocation payload*.
pub(super) fn too_large() -> PlainResponse {
    let sentence = format!("Request must be smaller than {MOST_SYNCHRONOUS} bytes for the InvokeFunction operation");
    told(StatusCode::PAYLOAD_TOO_LARGE, &json!({"Message": sentence}))
}

pub(super) fn failed() -> PlainResponse {
    told(StatusCode::BAD_GATEWAY, &json!({"Message": "Internal Server Error"}))
}

/// The answer that a payload stands for: what has a status says all of it, anything else in JSON is the body of a success.
pub(super) fn of_payload(payload: &Bytes) -> PlainResponse {
    match serde_json::from_slice::<Value>(payload) {
        Ok(Value::Object(members)) if members.contains_key("statusCode") => {
            let answered = head_of(&members).and_then(|head| Some((head, body_of(&members)?)));
            answered.map_or_else(failed, |(head, body)| head.map(|()| body))
        }
        Ok(Value::String(text)) => plain(Bytes::from(text)),
        Ok(_) => plain(payload.clone()),
        Err(_) => failed(),
    }
}

/// Status and headers of an answer whose body follows.
pub(super) type Head = Response<()>;

/// Whether what the function writes begins with status and headers.
pub(super) fn begins_with_a_head(content_type: Option<&str>) -> bool {
    content_type == Some(WITH_HEAD)
}

/// Of a stream that is nothing but a body.
pub(super) fn plain_head(content_type: Option<&str>) -> Head {
    let mut head = Response::new(());
    let kind = content_type.and_then(|kind| HeaderValue::from_str(kind).ok());
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    head.headers_mut().insert(header::CONTENT_TYPE, kind);
    head
}

/// Where the body begins, if the head is whole.
pub(super) fn end_of_head(read: &[u8]) -> Option<usize> {
    read.windows(GAP.len()).position(|window| window == GAP).map(|gap| gap + GAP.len())
}

/// Reads what comes before the body, with the gap. `None` if it makes no sense.
pub(super) fn read_head(read: &[u8]) -> Option<Head> {
    let members = serde_json::from_slice::<Map<String, Value>>(read.strip_suffix(GAP)?).ok()?;
    head_of(&members)
}

fn plain(body: Bytes) -> PlainResponse {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn head_of(members: &Map<String, Value>) -> Option<Head> {
    let status = match members.get("statusCode") {
        None => Some(200),
        Some(Value::String(text)) => text.parse().ok(),
        Some(number) => number.as_u64().and_then(|number| u16::try_from(number).ok()),
    };
    let status = StatusCode::from_u16(status?).ok()?;
    let mut response = Response::new(());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in members.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&text))
            && !matches!(name, header::CONTENT_LENGTH | header::TRANSFER_ENCODING | header::CONNECTION)
        {
            headers.append(name, value);
        }
    }
    for cookie in members.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        if let Some(Ok(value)) = cookie.as_str().map(HeaderValue::from_str) {
            headers.append(header::SET_COOKIE, value);
        }
    }
    if !headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Some(response)
}

/// `None` if it is not what it says.
fn body_of(members: &Map<String, Value>) -> Option<Bytes> {
    let text = match members.get("body") {
        None | Some(Value::Null) => return Some(Bytes::new()),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    if members.get("isBase64Encoded") == Some(&Value::Bool(true)) {
        return STANDARD.decode(text).ok().map(Bytes::from);
    }
    Some(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(payload: &'static str) -> (u16, String, String) {
        let response = of_payload(&Bytes::from_static(payload.as_bytes()));
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        (response.status().as_u16(), kind, String::from_utf8(response.body().to_vec()).unwrap())
    }

    #[test]
    fn what_has_no_status_is_the_body_of_a_success() {
        assert_eq!(answered("{\"a\":1}"), (200, "application/json".into(), "{\"a\":1}".into()));
        assert_eq!(answered("\"hi\""), (200, "application/json".into(), "hi".into()));
        assert_eq!(answered("no json").0, 502);
    }

    #[test]
    fn what_has_one_says_all_of_it() {
        let text = r#"{"statusCode":201,"headers":{"Content-Type":"text/html"},"body":"<p>"}"#;
        assert_eq!(answered(text), (201, "text/html".into(), "<p>".into()));
        assert_eq!(answered(r#"{"statusCode":"404"}"#).0, 404);
        assert_eq!(answered(r#"{"statusCode":200,"body":"aGk=","isBase64Encoded":true}"#).2, "hi");
        assert_eq!(answered(r#"{"statusCode":"no"}"#).0, 502);
        let cookies = of_payload(&Bytes::from_static(br#"{"statusCode":200,"cookies":["a=1","b=2"]}"#));
        assert_eq!(cookies.headers().get_all(header::SET_COOKIE).iter().count(), 2);
    }

    #[test]
    fn a_stream_may_begin_with_a_head() {
        let read = b"{\"statusCode\":202,\"headers\":{\"x-a\":\"b\"}}\0\0\0\0\0\0\0\0rest";
        let end = end_of_head(read).unwrap();
        assert_eq!(&read[end..], b"rest");
        let head = read_head(&read[..end]).unwrap();
        assert_eq!((head.status().as_u16(), &head.headers()["x-a"]), (202, &HeaderValue::from_static("b")));
        assert_eq!(end_of_head(b"{\"statusCode\":202}\0\0\0"), None);
        assert!(read_head(b"x\0\0\0\0\0\0\0\0").is_none());
        assert_eq!(plain_head(Some("text/plain")).headers()[header::CONTENT_TYPE], "text/plain");
        assert_eq!(plain_head(None).headers()[header::CONTENT_TYPE], "application/octet-stream");
    }
}
