//! Writes heads. Hop-by-hop fields do not pass, and the framing is written anew.

use crate::http::forwarded::decimal;
use crate::http::message::{Fields, Framing, Known, RequestHead, ResponseHead, Version, tokens};

/// A request as a target gets it.
pub fn request(head: &RequestHead, upgrades: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(head.method().as_bytes());
    out.push(b' ');
    out.extend_from_slice(head.target().as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\n");
    field(b"Host", head.host.as_bytes(), out);
    end_to_end(&head.fields, upgrades, out);
    match head.framing {
        // Methods that have a body say so even if it is empty (RFC 9110, 8.6).
        Framing::None if matches!(head.method(), "POST" | "PUT" | "PATCH") => field(b"Content-Length", b"0", out),
        framing => body_framing(framing, out),
    }
    if upgrades {
        field(b"Connection", b"upgrade", out);
    }
    out.extend_from_slice(b"\r\n");
}

/// An answer as a client gets it. `keeps` says whether the connection stays open.
pub fn response(head: &ResponseHead, to: Version, keeps: bool, cookies: &[String], out: &mut Vec<u8>) {
    let upgrades = head.status == 101;
    status_line(head.status, &head.reason, out);
    end_to_end(&head.fields, upgrades, out);
    for cookie in cookies {
        field(b"Set-Cookie", cookie.as_bytes(), out);
    }
    match head.framing {
        // HEAD and 304 tell the length of what they do not have.
        Framing::None => {
            if let Some(length) =
                head.fields.get(Known::ContentLength).filter(|_| !matches!(head.status, 100..=199 | 204))
            {
                field(b"Content-Length", length, out);
            }
        }
        framing => body_framing(relayed_framing(framing, to), out),
    }
    match (upgrades, keeps) {
        (true, _) => field(b"Connection", b"upgrade", out),
        (false, true) => field(b"Connection", b"keep-alive", out),
        (false, false) => field(b"Connection", b"close", out),
    }
    out.extend_from_slice(b"\r\n");
}

/// How an answer is framed towards a client: chunks if its length is not known, and HTTP/1.0 does not know chunks.
pub fn relayed_framing(framing: Framing, to: Version) -> Framing {
    match (framing, to) {
        (Framing::Chunked | Framing::UntilClose, Version::Http10) => Framing::UntilClose,
        (Framing::UntilClose, _) => Framing::Chunked,
        (framing, _) => framing,
    }
}

pub fn status_line(status: u16, reason: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(decimal(u64::from(status), &mut [0; 3]));
    out.push(b' ');
    out.extend_from_slice(reason.as_bytes());
    out.extend_from_slice(b"\r\n");
}

pub fn field(name: &[u8], value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

fn body_framing(framing: Framing, out: &mut Vec<u8>) {
    match framing {
        Framing::Length(length) => field(b"Content-Length", decimal(length, &mut [0; 20]), out),
        Framing::Chunked => field(b"Transfer-Encoding", b"chunked", out),
        Framing::None | Framing::UntilClose => {}
    }
}

fn end_to_end(fields: &Fields, upgrades: bool, out: &mut Vec<u8>) {
    let named = fields.get(Known::Connection).is_some_and(names_others);
    for (known, name, value) in fields.iter() {
        let passes = match known {
            Known::Connection
            | Known::ContentLength
            | Known::Expect
            | Known::HopByHop
            | Known::Host
            | Known::TransferEncoding => false,
            Known::Upgrade => upgrades,
            Known::Other if named => {
                !fields.values(Known::Connection).flat_map(tokens).any(|it| it.eq_ignore_ascii_case(name))
            }
            _ => true,
        };
        if passes {
            field(name, value, out);
        }
    }
}

/// Whether `Connection` names fields, beside its usual words.
fn names_others(value: &[u8]) -> bool {
    tokens(value)
        .any(|token| ![&b"close"[..], b"keep-alive", b"upgrade"].iter().any(|usual| token.eq_ignore_ascii_case(usual)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_leaves_with_one_framing_and_no_hop_by_hop_fields() {
        let mut head = RequestHead::default();
        head.host.push('h');
        head.framing = Framing::Chunked;
        head.set_line("POST", "/x", Version::Http11);
        for (name, value) in [
            ("Host", "other"),
            ("Connection", "close, X-Secret"),
            ("Content-Length", "4"),
            ("X-Secret", "s"),
            ("Keep-Alive", "1"),
            ("TE", "trailers"),
            ("Upgrade", "h2c"),
            ("Accept", "a"),
        ] {
            head.fields.push(name.as_bytes(), value.as_bytes());
        }
        let mut out = Vec::new();
        request(&head, false, &mut out);
        assert_eq!(out, b"POST /x HTTP/1.1\r\nHost: h\r\nAccept: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    #[test]
    fn an_answer_tells_how_it_goes_on() {
        let mut head =
            ResponseHead { status: 200, reason: "OK".into(), framing: Framing::UntilClose, ..Default::default() };
        head.fields.push(b"Connection", b"close");
        head.fields.push(b"X", b"y");
        let mut out = Vec::new();
        response(&head, Version::Http11, true, &["a=b".into()], &mut out);
        assert_eq!(
            out,
            b"HTTP/1.1 200 OK\r\nX: y\r\nSet-Cookie: a=b\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
        );
    }
}
