//! From what a function returned to an answer (*User Guide, Respond to the load balancer*). Pure.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::contract::Reason;
use crate::http::answer::reason;
use crate::http::message::{Fields, Framing, Known, ResponseHead};

/// Bytes of what a function returns, all of it (*Limits*).
const LARGEST_RESPONSE: usize = 1 << 20;
/// Of a body that says nothing of what it is.
const ANYTHING: &[u8] = b"application/octet-stream";

/// An answer, whole. Its head has neither framing nor length.
#[derive(Debug)]
pub struct Answered {
    pub head: ResponseHead,
    pub body: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Returned {
    status_code: u16,
    status_description: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
}

/// Reads what was returned.
///
/// # Errors
/// It is too large, no JSON of that form, or says what HTTP cannot say.
pub fn decode(returned: &[u8], multi_value: bool) -> Result<Answered, Reason> {
    if returned.len() > LARGEST_RESPONSE {
        return Err(Reason::ResponseTooLarge);
    }
    let invalid = Reason::InvalidResponse;
    let returned: Returned = serde_json::from_slice(returned).map_err(|_| invalid)?;
    let status = Some(returned.status_code).filter(|status| (200..=599).contains(status)).ok_or(invalid)?;
    let fields = match (multi_value, returned.headers, returned.multi_value_headers) {
        // Each form belongs to its setting; the other one alone is not understood.
        (true, Some(_), None) | (false, None, Some(_)) => return Err(invalid),
        (true, _, many) => fields(many.unwrap_or_default()),
        (false, one, _) => fields(one.unwrap_or_default().into_iter().map(|(name, value)| (name, vec![value]))),
    };
    let mut fields = fields.ok_or(invalid)?;
    let text = returned.body.unwrap_or_default();
    let mut body = match returned.is_base64_encoded {
        Some(true) => STANDARD.decode(text).map_err(|_| invalid)?,
        _ => text.into_bytes(),
    };
    if matches!(status, 204 | 304) {
        body.clear();
    } else if fields.get(Known::ContentType).is_none() {
        fields.push(b"Content-Type", ANYTHING);
    }
    let reason = phrase(status, returned.status_description.as_deref()).ok_or(invalid)?;
    Ok(Answered { head: ResponseHead { status, reason, fields, framing: Framing::None, ..Default::default() }, body })
}

/// What stands behind the status; HTTP's own words where the function has none.
fn phrase(status: u16, description: Option<&str>) -> Option<String> {
    let Some(description) = description else { return Some(reason(status).to_owned()) };
    let phrase = description.strip_prefix(&status.to_string()).unwrap_or(description).trim();
    phrase.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()).then(|| phrase.to_owned())
}

/// `None` if one of them is none. Fields for one hop only, and the length, are the balancer's own to say.
fn fields(all: impl IntoIterator<Item = (String, Vec<String>)>) -> Option<Fields> {
    let mut fields = Fields::default();
    for (name, values) in all {
        HeaderName::from_bytes(name.as_bytes()).ok()?;
        for value in values {
            HeaderValue::from_bytes(value.as_bytes()).ok()?;
            match Known::of(name.as_bytes()) {
                Known::Connection
                | Known::ContentLength
                | Known::HopByHop
                | Known::TransferEncoding
                | Known::Upgrade => {}
                _ => _ = fields.push(name.as_bytes(), value.as_bytes()),
            }
        }
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decoded(returned: &serde_json::Value, multi_value: bool) -> Result<Answered, Reason> {
        decode(returned.to_string().as_bytes(), multi_value)
    }

    #[test]
    fn what_is_returned_is_the_answer() {
        let returned = json!({
            "statusCode": 201,
            "statusDescription": "201 Made it",
            "headers": {"Set-Cookie": "a=1", "Content-Type": "text/html", "Connection": "close", "Content-Length": "9"},
            "body": "<p>",
            "isBase64Encoded": false,
        });
        let Answered { head, body } = decoded(&returned, false).unwrap();
        assert_eq!((head.status, &*head.reason, &body[..]), (201, "Made it", &b"<p>"[..]));
        let fields: Vec<_> = head.fields.iter().map(|(_, name, value)| (name, value)).collect();
        assert_eq!(fields, [(&b"Content-Type"[..], &b"text/html"[..]), (b"Set-Cookie", b"a=1")]);
    }

    #[test]
    fn a_status_is_enough() {
        let Answered { head, body } = decoded(&json!({"statusCode": 404, "body": null}), false).unwrap();
        assert_eq!((head.status, &*head.reason, body.len()), (404, "Not Found", 0));
        assert_eq!(head.fields.get(Known::ContentType), Some(ANYTHING));
        let none = decoded(&json!({"statusCode": 204, "body": "x"}), false).unwrap();
        assert!(none.body.is_empty() && none.head.fields.get(Known::ContentType).is_none());
    }

    #[test]
    fn each_form_of_headers_belongs_to_its_setting() {
        let many = json!({"statusCode": 200, "multiValueHeaders": {"set-cookie": ["a=1", "b=2"]}});
        let answered = decoded(&many, true).unwrap();
        assert_eq!(answered.head.fields.values(Known::SetCookie).count(), 2);
        assert_eq!(decoded(&many, false).unwrap_err(), Reason::InvalidResponse);
        let one = json!({"statusCode": 200, "headers": {}});
        assert_eq!(decoded(&one, true).unwrap_err(), Reason::InvalidResponse);
        let both = json!({"statusCode": 200, "headers": {"x": "1"}, "multiValueHeaders": {"x": ["1", "2"]}});
        assert_eq!(decoded(&both, true).unwrap().head.fields.all("x").count(), 2);
        assert_eq!(decoded(&both, false).unwrap().head.fields.all("x").count(), 1);
    }

    #[test]
    fn a_body_may_be_encoded() {
        let body = |text: &str| decoded(&json!({"statusCode": 200, "body": text, "isBase64Encoded": true}), false);
        assert_eq!(body("//8=").unwrap().body, [0xff, 0xff]);
        assert_eq!(body("no base64").unwrap_err(), Reason::InvalidResponse);
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for wrong in [
            json!(null),
            json!("hi"),
            json!({}),
            json!({"statusCode": "200"}),
            json!({"statusCode": 101}),
            json!({"statusCode": 600}),
            json!({"statusCode": 200, "body": {}}),
            json!({"statusCode": 200, "headers": {"x": 1}}),
            json!({"statusCode": 200, "headers": {"x": "a\r\nb: c"}}),
            json!({"statusCode": 200, "headers": {"a b": "c"}}),
            json!({"statusCode": 200, "statusDescription": "200 OK\r\nx: y"}),
        ] {
            assert_eq!(decoded(&wrong, false).unwrap_err(), Reason::InvalidResponse, "{wrong}");
        }
        assert_eq!(decode(b"{", false).unwrap_err(), Reason::InvalidResponse);
        let huge = json!({"statusCode": 200, "body": "x".repeat(LARGEST_RESPONSE)});
        assert_eq!(decoded(&huge, false).unwrap_err(), Reason::ResponseTooLarge);
    }
}
