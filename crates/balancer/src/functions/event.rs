//! From a request to the event that its function is given (*User Guide, Receive events from the load balancer*). Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::contract::Reason;
use crate::http::message::{Known, RequestHead};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    request_context: Context<'a>,
    http_method: &'a str,
    path: &'a str,
    #[serde(flatten)]
    fields: Fields<'a>,
    body: Cow<'a, str>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
struct Context<'a> {
    elb: Elb<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Elb<'a> {
    target_group_arn: &'a str,
}

type Values<'a, Name> = BTreeMap<Name, Vec<&'a str>>;

/// By `lambda.multi_value_headers.enabled`.
#[derive(Serialize)]
#[serde(untagged)]
enum Fields<'a> {
    #[serde(rename_all = "camelCase")]
    Many { multi_value_query_string_parameters: Values<'a, &'a str>, multi_value_headers: Values<'a, String> },
    /// Of what comes twice the last value.
    #[serde(rename_all = "camelCase")]
    Last { query_string_parameters: BTreeMap<&'a str, &'a str>, headers: BTreeMap<String, &'a str> },
}

/// The event, as JSON.
///
/// # Errors
/// What JSON has no place for: a head, or a body that says it is a text, that is not UTF-8.
pub fn encode(group: &str, head: &RequestHead, body: &[u8], multi_value: bool) -> Result<Vec<u8>, Reason> {
    let is_text = body.is_empty() || is_text(head);
    let body = match is_text {
        true => Cow::Borrowed(std::str::from_utf8(body).map_err(|_| Reason::BadRequest)?),
        false => Cow::Owned(STANDARD.encode(body)),
    };
    let (query, headers) = (parameters(head.query()), headers(head)?);
    let fields = match multi_value {
        true => Fields::Many { multi_value_query_string_parameters: query, multi_value_headers: headers },
        false => Fields::Last { query_string_parameters: last(query), headers: last(headers) },
    };
    let event = Event {
        request_context: Context { elb: Elb { target_group_arn: group } },
        http_method: head.method(),
        path: head.path(),
        fields,
        body,
        is_base64_encoded: !is_text,
    };
    serde_json::to_vec(&event).map_err(|_| Reason::BadRequest)
}

fn last<'a, Name: Ord>(all: Values<'a, Name>) -> BTreeMap<Name, &'a str> {
    all.into_iter().filter_map(|(name, values)| Some((name, values.last().copied()?))).collect()
}

/// As they came: it is the function that decodes them.
fn parameters(query: &str) -> Values<'_, &str> {
    let mut found = Values::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        found.entry(name).or_default().push(value);
    }
    found
}

/// Names in lower case, without those that are for one hop only.
fn headers(head: &RequestHead) -> Result<Values<'_, String>, Reason> {
    let mut found = Values::new();
    if !head.host.is_empty() {
        found.insert("host".to_owned(), vec![head.host.as_str()]);
    }
    for (known, name, value) in head.fields.iter() {
        match known {
            Known::Connection
            | Known::Expect
            | Known::HopByHop
            | Known::Host
            | Known::TransferEncoding
            | Known::Upgrade => continue,
            _ => {}
        }
        let utf8 = |text| std::str::from_utf8(text).map_err(|_| Reason::BadRequest);
        found.entry(utf8(name)?.to_ascii_lowercase()).or_default().push(utf8(value)?);
    }
    Ok(found)
}

/// Whether a body is handed over as it is; all others are encoded, and so are those with a `Content-Encoding`.
fn is_text(head: &RequestHead) -> bool {
    if head.fields.all("content-encoding").next().is_some() {
        return false;
    }
    let kind = head.fields.get(Known::ContentType).and_then(|kind| std::str::from_utf8(kind).ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/") || matches!(&*kind, "application/json" | "application/javascript" | "application/xml")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::http::message::Version;

    fn event(target: &str, fields: &[(&str, &[u8])], body: &[u8], multi_value: bool) -> Result<Value, Reason> {
        let mut head = RequestHead::default();
        head.set_line("POST", target, Version::Http11);
        head.host.push_str("h:8080");
        for (name, value) in fields {
            head.fields.push(name.as_bytes(), value);
        }
        Ok(serde_json::from_slice(&encode("arn:group", &head, body, multi_value)?).unwrap())
    }

    #[test]
    fn of_what_comes_twice_the_last_value_is_told() {
        let fields: [(&str, &[u8]); 4] =
            [("Cookie", b"a=1"), ("COOKIE", b"b=2"), ("Connection", b"close"), ("Content-Type", b"text/plain")];
        let told = event("/p%20q?k=1&k=%3F2&e", &fields, "hé".as_bytes(), false).unwrap();
        let wanted = json!({
            "requestContext": {"elb": {"targetGroupArn": "arn:group"}},
            "httpMethod": "POST",
            "path": "/p%20q",
            "queryStringParameters": {"k": "%3F2", "e": ""},
            "headers": {"host": "h:8080", "cookie": "b=2", "content-type": "text/plain"},
            "body": "hé",
            "isBase64Encoded": false,
        });
        assert_eq!(told, wanted);
    }

    #[test]
    fn all_values_are_told_where_that_is_asked_for() {
        let told = event("/?k=1&k=2", &[("X", b"1"), ("x", b"2")], b"", true).unwrap();
        assert_eq!(told["multiValueQueryStringParameters"], json!({"k": ["1", "2"]}));
        assert_eq!(told["multiValueHeaders"], json!({"host": ["h:8080"], "x": ["1", "2"]}));
        assert!(told.get("headers").is_none() && told.get("queryStringParameters").is_none());
    }

    #[test]
    fn what_is_no_text_is_encoded() {
        let body = |fields: &[(&str, &[u8])], body: &[u8]| {
            let told = event("/", fields, body, false)?;
            Ok((told["body"].as_str().unwrap().to_owned(), told["isBase64Encoded"] == true))
        };
        assert_eq!(body(&[], b""), Ok((String::new(), false)));
        assert_eq!(body(&[], b"hi"), Ok(("aGk=".into(), true)));
        assert_eq!(body(&[("Content-Type", b"application/json; charset=utf-8")], b"{}"), Ok(("{}".into(), false)));
        assert_eq!(body(&[("Content-Type", b"image/png")], b"hi"), Ok(("aGk=".into(), true)));
        let packed: [(&str, &[u8]); 2] = [("Content-Type", b"text/plain"), ("Content-Encoding", b"gzip")];
        assert_eq!(body(&packed, b"hi"), Ok(("aGk=".into(), true)));
        assert_eq!(body(&[("Content-Type", b"text/plain")], b"\xff"), Err(Reason::BadRequest));
        assert_eq!(body(&[("X", b"\xff")], b""), Err(Reason::BadRequest));
    }
}
