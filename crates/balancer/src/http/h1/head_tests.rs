use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<(RequestHead, Verdict), Refusal> {
    let mut head = RequestHead::default();
    let (length, verdict) = parse(text.as_bytes(), &mut head)?.expect("a whole head");
    assert_eq!(length, text.len());
    Ok((head, verdict))
}

fn class_of(fields: &str) -> (Class, &'static str) {
    let found = match read(&format!("POST / HTTP/1.1\r\nHost: h\r\n{fields}\r\n")) {
        Ok((_, verdict)) => verdict,
        Err(refusal) => refusal.verdict,
    };
    (found.class, found.reason)
}

#[test]
fn a_request_is_read() {
    let (head, verdict) = read("GET /a?b HTTP/1.1\r\nHost: example.com:80\r\nX: \t y \r\n\r\n").unwrap();
    assert_eq!((head.method(), head.path(), head.query(), head.host_name()), ("GET", "/a", "b", "example.com"));
    assert_eq!(head.fields.all("x").next(), Some(&b"y"[..]));
    assert_eq!(verdict.class, Class::Compliant);
}

#[test]
fn an_absolute_target_overrides_the_host() {
    let (head, _) = read("GET http://a.example/x HTTP/1.1\r\nHost: b\r\n\r\n").unwrap();
    assert_eq!((head.host.as_str(), head.target()), ("a.example", "/x"));
    let (head, _) = read("GET http://a.example?x HTTP/1.1\r\nHost: b\r\n\r\n").unwrap();
    assert_eq!(head.target(), "/?x");
}

#[test]
fn framing_is_classified_as_documented() {
    use Class::*;
    let chunked = "Transfer-Encoding: chunked\r\n";
    assert_eq!(class_of("Content-Length: 5\r\n"), (Compliant, "-"));
    assert_eq!(class_of(&format!("Content-Length: 5\r\n{chunked}")), (Ambiguous, "BothTeClPresent"));
    assert_eq!(class_of("Content-Length: 5\r\nContent-Length: 5\r\n"), (Ambiguous, "DuplicateContentLength"));
    assert_eq!(class_of("Content-Length: 5\r\nContent-Length: 6\r\n"), (Severe, "MultipleContentLength"));
    for wrong in ["+5", "5, 5", "0x5", "", "-1", "5 5", "99999999999999999999"] {
        assert_eq!(class_of(&format!("Content-Length: {wrong}\r\n")), (Severe, "BadContentLength"), "{wrong}");
    }
    for wrong in ["xchunked", "chunked, chunked", "gzip, chunked", "chunked;a=b", ""] {
        assert_eq!(class_of(&format!("Transfer-Encoding: {wrong}\r\n")), (Severe, "BadTransferEncoding"), "{wrong}");
    }
    assert_eq!(class_of(&format!("{chunked}{chunked}")), (Severe, "MultipleTransferEncodingChunked"));
    assert_eq!(class_of("Content_Length: 5\r\n"), (Ambiguous, "SuspiciousHeader"));
    assert_eq!(class_of("Content-Length : 5\r\n"), (Severe, "SuspiciousHeader"));
    assert_eq!(class_of("Transfer-Encoding\u{b}: chunked\r\n"), (Severe, "SuspiciousHeader"));
}

#[test]
fn lines_and_fields_are_classified_as_documented() {
    use Class::*;
    assert_eq!(class_of("X: a\r\n b\r\n"), (Severe, "MultilineHeader"));
    assert_eq!(class_of("X: a\nY: b\r\n"), (Severe, "NonCrLfLineTermination"));
    assert_eq!(class_of("X: a\rb\r\n"), (Severe, "BadHeader"));
    assert_eq!(class_of("X: a\0b\r\n"), (Severe, "BadHeader"));
    assert_eq!(class_of("X: \u{e9}\r\n"), (Acceptable, "NonCompliantHeader"));
    assert_eq!(class_of("X\r\n"), (Severe, "MissingHeaderColon"));
    assert_eq!(class_of(": x\r\n"), (Severe, "BadHeader"));
    assert_eq!(class_of("Host: i\r\n"), (Severe, "MultipleHost"));
}

#[test]
fn a_body_of_get_is_classified() {
    let reason = |fields: &str| read(&format!("GET / HTTP/1.1\r\nHost: h\r\n{fields}\r\n")).unwrap().1.reason;
    assert_eq!(reason("Content-Length: 0\r\n"), "GetHeadZeroContentLength");
    assert_eq!(reason("Content-Length: 1\r\n"), "UndefinedContentLengthSemantics");
    assert_eq!(reason("Transfer-Encoding: chunked\r\n"), "UndefinedTransferEncodingSemantics");
}

#[test]
fn request_lines_are_classified() {
    let outcome = |line: &str| match read(&format!("{line}\r\nHost: h\r\n\r\n")) {
        Ok((head, verdict)) => (head.target().to_owned(), verdict.reason),
        Err(refusal) => (refusal.fault.status().to_string(), refusal.verdict.reason),
    };
    let same = |text: &str, reason: &'static str| (text.to_owned(), reason);
    assert_eq!(outcome("GET /a b HTTP/1.1"), same("/a%20b", "SpaceInUri"));
    assert_eq!(outcome("GET /a\u{1}b HTTP/1.1"), same("/a%01b", "AmbiguousUri"));
    assert_eq!(outcome("GET /a\rb HTTP/1.1"), same("400", "BadUri"));
    assert_eq!(outcome("GET / HTTP/1.7"), same("/", "NonCompliantVersion"));
    assert_eq!(outcome("GET / HTTP/2.0"), same("505", "-"));
    assert_eq!(outcome("GET / HTTP/x"), same("400", "BadVersion"));
    assert_eq!(outcome("G@T / HTTP/1.1"), same("400", "BadMethod"));
    assert_eq!(outcome("TRACE / HTTP/1.1"), same("405", "-"));
    assert_eq!(outcome("CONNECT a:1 HTTP/1.1"), same("400", "-"));
    assert_eq!(outcome("GET a HTTP/1.1"), same("400", "BadUri"));
    assert_eq!(outcome("OPTIONS * HTTP/1.1"), same("*", "-"));
}

#[test]
fn limits_are_those_of_aws() {
    let status = |text: String| parse(text.as_bytes(), &mut RequestHead::default()).unwrap_err().fault.status();
    assert_eq!(status(format!("GET /{} HTTP/1.1\r\n", "a".repeat(LONGEST_LINE))), 414);
    assert_eq!(status(format!("GET /{}", "a".repeat(LONGEST_LINE))), 414);
    assert_eq!(status(format!("GET / HTTP/1.1\r\nX: {}\r\n", "a".repeat(LONGEST_FIELD))), 400);
    assert_eq!(status(format!("GET / HTTP/1.1\r\n{}", "X: 12345678\r\n".repeat(6000))), 400);
}

#[test]
fn a_host_is_needed_from_1_1_on() {
    assert!(read("GET / HTTP/1.0\r\n\r\n").is_ok());
    assert_eq!(read("GET / HTTP/1.1\r\n\r\n").unwrap_err().fault.status(), 400);
    assert_eq!(read("GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n").unwrap_err().fault.status(), 400);
}

proptest! {
    #[test]
    fn no_input_breaks_the_parser(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &mut RequestHead::default());
    }

    /// What is accepted with more to come is accepted in the same way when it comes byte by byte.
    #[test]
    fn a_part_of_a_head_is_no_head(cut in 0..60_usize) {
        let text = b"POST /x HTTP/1.1\r\nHost: example.com\r\nContent-Length: 10\r\n\r\n";
        prop_assume!(cut < text.len());
        prop_assert!(parse(&text[..cut], &mut RequestHead::default()).unwrap().is_none());
    }
}
