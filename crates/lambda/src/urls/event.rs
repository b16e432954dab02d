//! A request as the function sees it: payload format 2.0 (*Developer guide, Request payload format*).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freehold_core::Principal;
use freehold_wire::sigv4::percent_decode;
use http::{HeaderMap, HeaderName, header};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A request, and what is known of it.
pub(super) struct Request<'a> {
    pub id: &'a str,
    pub region: &'a str,
    pub request_id: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    /// `http` or `https`
    pub scheme: &'a str,
    /// As the function will find it in its environment.
    pub trace: &'a str,
    pub body: &'a [u8],
    pub client: std::net::IpAddr,
    pub caller: Option<&'a Principal>,
    pub at: Timestamp,
}

impl Request<'_> {
    pub fn event(&self) -> Value {
        let decoded = percent_decode(self.path);
        let path = &*decoded;
        let domain = format!("{}.lambda-url.{}.on.aws", self.id, self.region);
        let agent = self.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let mut context = json!({
            "accountId": self.caller.map_or("anonymous", |caller| caller.account.as_str()),
            "apiId": self.id,
            "domainName": domain,
            "domainPrefix": self.id,
            "http": {
                "method": self.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": self.client.to_string(),
                "userAgent": agent,
            },
            "requestId": self.request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": self.at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": self.at.as_millisecond(),
        });
        if let Some(caller) = self.caller {
            context["authorizer"] = json!({"iam": {
                "accessKey": caller.access_key_id,
                "accountId": caller.account,
                "callerId": caller.user_id,
                "cognitoIdentity": null,
                "principalOrgId": null,
                "userArn": caller.arn.to_string(),
                "userId": caller.user_id,
            }});
        }
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": self.query,
            "headers": self.joined_headers(),
            "requestContext": context,
            "isBase64Encoded": false,
        });
        let cookies = self.cookies();
        if !cookies.is_empty() {
            event["cookies"] = cookies.into();
        }
        let parameters = parameters(self.query);
        if !parameters.is_empty() {
            event["queryStringParameters"] = json!(parameters);
        }
        if !self.body.is_empty() {
            let text = std::str::from_utf8(self.body).ok().filter(|_| is_text(self.headers));
            event["isBase64Encoded"] = text.is_none().into();
            event["body"] = text.map_or_else(|| STANDARD.encode(self.body), str::to_owned).into();
        }
        event
    }

    /// Names in lower case; of a name that comes twice the values are joined. Cookies have a place of their own, what is
    /// about the connection is not the function's, and where a request came from is told as a proxy would.
    fn joined_headers(&self) -> BTreeMap<&str, String> {
        let mut joined: BTreeMap<&str, String> = BTreeMap::new();
        let is_own = |name: &HeaderName| *name != header::COOKIE && *name != header::CONNECTION;
        for (name, value) in self.headers.iter().filter(|(name, _)| is_own(name)) {
            let value = String::from_utf8_lossy(value.as_bytes());
            joined
                .entry(name.as_str())
                .and_modify(|present| {
                    present.push(',');
                    present.push_str(&value);
                })
                .or_insert_with(|| value.into_owned());
        }
        let client = self.client.to_string();
        joined
            .entry("x-forwarded-for")
            .and_modify(|present| {
                present.push_str(", ");
                present.push_str(&client);
            })
            .or_insert(client);
        joined.insert("x-forwarded-proto", self.scheme.to_owned());
        joined.insert("x-forwarded-port", self.port().to_owned());
        joined.insert("x-amzn-trace-id", self.trace.to_owned());
        joined
    }

    /// The one that the client named, or the scheme's own.
    fn port(&self) -> &str {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let named = host.rsplit_once(':').map(|(_, port)| port);
        let is_port = |port: &&str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        named.filter(is_port).unwrap_or(if self.scheme == "https" { "443" } else { "80" })
    }

    fn cookies(&self) -> Vec<String> {
        let all = self.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        all.flat_map(|line| line.split(';'))
            .map(|cookie| cookie.trim().to_owned())
            .filter(|it| !it.is_empty())
            .collect()
    }
}

/// Of a name that comes twice the values are joined.
fn parameters(query: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| {
            let text = text.replace('+', " ");
            percent_decode(&text).into_owned()
        };
        let value = decode(value);
        found
            .entry(decode(name))
            .and_modify(|present| {
                present.push(',');
                present.push_str(&value);
            })
            .or_insert(value);
    }
    found
}

/// What is not a text by its media type is handed over in base64.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("text/plain");
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(
            kind.as_str(),
            "application/json" | "application/xml" | "application/javascript" | "application/x-www-form-urlencoded"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(query: &str, headers: &[(&'static str, &'static str)], body: &[u8]) -> Value {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let request = Request {
            id: "abc",
            region: "us-east-1",
            request_id: "id",
            method: "POST",
            path: "/a%20b",
            query,
            headers: &map,
            scheme: "http",
            trace: "Root=1-0-0",
            body,
            client: [127, 0, 0, 1].into(),
            caller: None,
            at: Timestamp::UNIX_EPOCH,
        };
        request.event()
    }

    #[test]
    fn names_that_come_twice_are_joined() {
        let event = event("a=1&a=2&b=x%20y", &[("x-a", "1"), ("x-a", "2"), ("cookie", "c=1; d=2")], b"");
        assert_eq!(event["queryStringParameters"], json!({"a": "1,2", "b": "x y"}));
        let headers = json!({
            "x-a": "1,2",
            "x-amzn-trace-id": "Root=1-0-0",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "80",
            "x-forwarded-proto": "http",
        });
        assert_eq!(event["headers"], headers);
        assert_eq!(event["cookies"], json!(["c=1", "d=2"]));
        assert_eq!(
            (event["rawPath"].as_str(), event["rawQueryString"].as_str()),
            (Some("/a b"), Some("a=1&a=2&b=x%20y"))
        );
        assert_eq!(event["requestContext"]["time"], "01/Jan/1970:00:00:00 +0000");
        assert!(event.get("body").is_none());
    }

    #[test]
    fn who_asked_by_way_of_whom_is_told_and_the_connection_is_not() {
        let sent = [("x-forwarded-for", "10.0.0.1"), ("host", "a.example:8443"), ("connection", "keep-alive")];
        let headers = &event("", &sent, b"")["headers"];
        assert_eq!(headers["x-forwarded-for"], "10.0.0.1, 127.0.0.1");
        assert_eq!(headers["x-forwarded-port"], "8443");
        assert!(headers.get("connection").is_none());
    }

    #[test]
    fn what_is_no_text_comes_in_base64() {
        let text = event("", &[("content-type", "application/json; charset=utf-8")], b"{}");
        assert_eq!((text["body"].as_str(), &text["isBase64Encoded"]), (Some("{}"), &false.into()));
        let bytes = event("", &[("content-type", "image/png")], b"hi");
        assert_eq!((bytes["body"].as_str(), &bytes["isBase64Encoded"]), (Some("aGk="), &true.into()));
    }
}
