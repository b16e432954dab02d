//! What the balancer adds to a request: `X-Forwarded-For`, `-Proto` and `-Port`, `X-Amzn-Trace-Id`, what TLS was spoken,
//! and the `Host` that the target sees (*User Guide, HTTP headers and Application Load Balancers*).

use std::fmt::Write;
use std::net::SocketAddr;

use rand::Rng;

use super::fault::Fault;
use super::message::{Known, RequestHead, split_port, tokens};
use crate::config::{Attributes, XffMode};

/// More addresses than that in `X-Forwarded-For` are refused (*User Guide, HTTP 463*).
const MOST_FORWARDERS: usize = 30;

/// Of the connection that a request came by.
#[derive(Debug, Clone)]
pub struct Origin {
    pub client: SocketAddr,
    /// The balancer's address and port.
    pub local: SocketAddr,
    pub tls: Option<Tls>,
}

#[derive(Debug, Clone, Copy)]
pub struct Tls {
    pub version: &'static str,
    pub suite: &'static str,
}

impl Origin {
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// Removes what clients must not say and adds what the balancer says. Returns the trace id.
pub fn rewrite(
    head: &mut RequestHead,
    origin: &Origin,
    attributes: &Attributes,
    now: i64,
    random: &mut impl Rng,
) -> Result<String, Fault> {
    forwarded_for(head, origin, attributes)?;
    let trace = trace_id(head.fields.get(Known::XAmznTraceId), now, random);
    head.fields.retain(|known, _| {
        !matches!(known, Known::XForwardedProto | Known::XForwardedPort | Known::XAmznTraceId | Known::XAmznTls)
    });
    let mut port = [0; 5];
    head.fields.push(b"X-Forwarded-Proto", origin.scheme().as_bytes());
    head.fields.push(b"X-Forwarded-Port", decimal(u64::from(origin.local.port()), &mut port));
    head.fields.push(b"X-Amzn-Trace-Id", trace.as_bytes());
    if let (true, Some(tls)) = (attributes.tls_headers, &origin.tls) {
        head.fields.push(b"X-Amzn-Tls-Version", tls.version.as_bytes());
        head.fields.push(b"X-Amzn-Tls-Cipher-Suite", tls.suite.as_bytes());
    }
    if !attributes.preserve_host_header {
        add_port(&mut head.host, origin.local.port());
    }
    Ok(trace)
}

fn forwarded_for(head: &mut RequestHead, origin: &Origin, attributes: &Attributes) -> Result<(), Fault> {
    match attributes.xff_mode {
        XffMode::Preserve => {}
        XffMode::Remove => head.fields.remove(Known::XForwardedFor),
        XffMode::Append => {
            let mut list = String::new();
            let mut count = 0;
            for value in head.fields.values(Known::XForwardedFor) {
                count += tokens(value).count();
                list.push_str(&String::from_utf8_lossy(value));
                list.push_str(", ");
            }
            if count > MOST_FORWARDERS {
                return Err(Fault::TooManyForwarders);
            }
            // Writing to a string does not fail.
            let _ = match attributes.xff_client_port {
                true => write!(list, "{}", origin.client),
                false => write!(list, "{}", origin.client.ip()),
            };
            head.fields.remove(Known::XForwardedFor);
            head.fields.push(b"X-Forwarded-For", list.as_bytes());
        }
    }
    Ok(())
}

/// *User Guide, Request tracing*: a root of its own if the request has none, `Self` beside one that it has.
fn trace_id(received: Option<&[u8]>, now: i64, random: &mut impl Rng) -> String {
    let random: u128 = random.random();
    let own = format!("1-{:08x}-{:024x}", now as u32, random >> 32);
    let Some(received) = received.and_then(|value| std::str::from_utf8(value).ok()) else {
        return format!("Root={own}");
    };
    let others = || received.split(';').map(str::trim).filter(|part| !part.starts_with("Self="));
    let rest = others().collect::<Vec<_>>().join(";");
    match others().any(|part| part.starts_with("Root=")) {
        true => format!("Self={own};{rest}"),
        false if rest.is_empty() => format!("Root={own}"),
        false => format!("Root={own};{rest}"),
    }
}

/// A port that is not HTTP's or HTTPS's is added if the client left it out (*User Guide, Host header preservation*).
fn add_port(host: &mut String, port: u16) {
    if !matches!(port, 80 | 443) && !host.is_empty() && split_port(host).1.is_none() {
        // Writing to a string does not fail.
        let _ = write!(host, ":{port}");
    }
}

/// Without an allocation; `room` must hold the digits.
pub fn decimal(mut number: u64, room: &mut [u8]) -> &[u8] {
    let mut at = room.len();
    loop {
        at -= 1;
        room[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 || at == 0 {
            return &room[at..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(change: impl Fn(&mut Attributes), fields: &[(&str, &str)]) -> Result<RequestHead, Fault> {
        let mut attributes = crate::config::tests::attributes();
        change(&mut attributes);
        let mut head = RequestHead::default();
        head.host.push('h');
        for (name, value) in fields {
            head.fields.push(name.as_bytes(), value.as_bytes());
        }
        let origin =
            Origin { client: "9.8.7.6:1234".parse().unwrap(), local: "10.0.0.1:8080".parse().unwrap(), tls: None };
        rewrite(&mut head, &origin, &attributes, 0x1234_5678, &mut rand::rng())?;
        Ok(head)
    }

    fn text(head: &RequestHead, known: Known) -> &str {
        std::str::from_utf8(head.fields.get(known).unwrap_or_default()).unwrap()
    }

    #[test]
    fn forwarded_for_follows_its_mode() {
        let given = [("X-Forwarded-For", "1.1.1.1")];
        assert_eq!(text(&rewritten(|_| {}, &given).unwrap(), Known::XForwardedFor), "1.1.1.1, 9.8.7.6");
        let with_port = rewritten(|it| it.xff_client_port = true, &[]).unwrap();
        assert_eq!(text(&with_port, Known::XForwardedFor), "9.8.7.6:1234");
        let preserved = rewritten(|it| it.xff_mode = XffMode::Preserve, &given).unwrap();
        assert_eq!(text(&preserved, Known::XForwardedFor), "1.1.1.1");
        let removed = rewritten(|it| it.xff_mode = XffMode::Remove, &given).unwrap();
        assert_eq!(text(&removed, Known::XForwardedFor), "");
    }

    #[test]
    fn thirty_one_forwarders_are_too_many() {
        let thirty = vec!["1.1.1.1"; 30].join(", ");
        assert!(rewritten(|_| {}, &[("X-Forwarded-For", &thirty)]).is_ok());
        let more = format!("{thirty}, 1.1.1.1");
        assert_eq!(rewritten(|_| {}, &[("X-Forwarded-For", &more)]).unwrap_err().status(), 463);
    }

    #[test]
    fn clients_cannot_say_what_the_balancer_says() {
        let head = rewritten(|_| {}, &[("X-Forwarded-Proto", "https"), ("x-amzn-tls-version", "9")]).unwrap();
        assert_eq!(text(&head, Known::XForwardedProto), "http");
        assert_eq!(text(&head, Known::XForwardedPort), "8080");
        assert_eq!(head.fields.get(Known::XAmznTls), None);
        assert_eq!(head.host, "h:8080");
    }

    #[test]
    fn a_trace_keeps_its_root() {
        let id = |received: &str| trace_id(Some(received.as_bytes()), 1, &mut rand::rng());
        assert!(id("Root=1-a-b").starts_with("Self=1-00000001-"));
        assert!(id("Root=1-a-b;Self=x;k=v").ends_with(";Root=1-a-b;k=v"));
        assert!(id("k=v").starts_with("Root=1-00000001-"));
        assert_eq!(trace_id(None, 1, &mut rand::rng()).len(), "Root=1-58337262-36d228ad5d99923122bbe354".len());
    }

    #[test]
    fn numbers_are_written() {
        assert_eq!(decimal(0, &mut [0; 5]), b"0");
        assert_eq!(decimal(65535, &mut [0; 5]), b"65535");
    }
}
