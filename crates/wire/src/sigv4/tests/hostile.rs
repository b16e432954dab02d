//! Requests that must not pass.

use super::super::{Reason, Rejection};
use super::{Owned, Rules};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const GOOD: &str = "GET / HTTP/1.1\nHost:example.amazonaws.com\nX-Amz-Date:20150830T123600Z\nAuthorization:AWS4-HMAC-SHA256 \
    Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, \
    Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\n\n";

fn verdict_at(text: &str, now: &str) -> Result<(), Rejection> {
    Owned::parse(text).verify(SECRET, None, now.parse().unwrap(), Rules::default())
}

fn reason(text: &str) -> Option<Reason> {
    verdict_at(text, "2015-08-30T12:36:00Z").err().map(|rejection| rejection.reason)
}

#[test]
fn a_signature_counts_for_a_quarter_of_an_hour_in_both_directions() {
    assert_eq!(verdict_at(GOOD, "2015-08-30T12:51:00Z"), Ok(()));
    assert_eq!(verdict_at(GOOD, "2015-08-30T12:21:00Z"), Ok(()));
    assert_eq!(
        verdict_at(GOOD, "2015-08-30T12:51:01Z").unwrap_err().to_string(),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)"
    );
    assert_eq!(
        verdict_at(GOOD, "2015-08-30T12:20:59Z").unwrap_err().to_string(),
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T122059Z + 15 min.)"
    );
}

#[test]
fn the_same_request_may_come_again_while_it_is_current() {
    assert_eq!(reason(GOOD), None);
    assert_eq!(reason(GOOD), None);
}

#[test]
fn whatever_is_signed_cannot_be_changed() {
    assert_eq!(reason(&GOOD.replace("GET", "POST")), Some(Reason::Mismatch));
    assert_eq!(reason(&GOOD.replace("GET / ", "GET /other ")), Some(Reason::Mismatch));
    assert_eq!(reason(&GOOD.replace("GET / ", "GET /?Action=Other ")), Some(Reason::Mismatch));
    assert_eq!(reason(&GOOD.replace("Host:example", "Host:other")), Some(Reason::Mismatch));
    assert_eq!(reason(&GOOD.replace("123600Z", "123601Z")), Some(Reason::Mismatch));
    assert_eq!(reason(&GOOD.replace("us-east-1", "us-west-1")), Some(Reason::Mismatch));
    assert_eq!(reason(&format!("{GOOD}body")), Some(Reason::Mismatch));
}

#[test]
fn host_and_amazon_headers_must_be_signed() {
    assert_eq!(reason(&GOOD.replace("SignedHeaders=host;", "SignedHeaders=")), Some(Reason::Mismatch));
    let target = GOOD.replace("Host:", "X-Amz-Target:AmazonSSM.GetParameter\nHost:");
    assert_eq!(
        verdict_at(&target, "2015-08-30T12:36:00Z").unwrap_err().to_string(),
        "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization."
    );
}

#[test]
fn unreadable_claims_are_incomplete() {
    for (from, to) in [
        ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        ("Credential=", "Credentials="),
        ("SignedHeaders=host;x-amz-date", "SignedHeaders="),
        ("Signature=", "Sign="),
        ("Signature=", "Signature=a, Signature="),
        ("AKIDEXAMPLE/", ""),
        ("AKIDEXAMPLE/", "A/B/"),
        ("X-Amz-Date:2015", "X-Amz-Date:15"),
        ("X-Amz-Date:20150830T123600Z", "X-Amz-Other:1"),
        ("X-Amz-Date:", "X-Amz-Date:20150830T123600Z\nX-Amz-Date:"),
        ("Host:", "X-Amz-Content-Sha256:STREAMING-AWS4-HMAC-SHA256-PAYLOAD\nHost:"),
        ("GET / ", "GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256 "),
    ] {
        let text = GOOD.replacen(from, to, 1);
        let text = if to.contains("STREAMING") {
            text.replace("Headers=host;", "Headers=host;x-amz-content-sha256;")
        } else {
            text
        };
        assert_eq!(reason(&text), Some(Reason::Incomplete), "{from} -> {to}");
    }
}

#[test]
fn a_scope_of_another_day_or_kind_is_a_mismatch() {
    assert_eq!(reason(&GOOD.replace("/20150830/", "/20150829/")), Some(Reason::Mismatch));
    assert_eq!(reason(&GOOD.replace("aws4_request", "aws5_request")), Some(Reason::Mismatch));
}

#[test]
fn a_request_without_claim_has_no_identity() {
    assert_eq!(reason("GET / HTTP/1.1\nHost:example.amazonaws.com\n\n"), Some(Reason::Missing));
}

#[test]
fn a_session_token_that_nobody_issued_is_refused() {
    let text = GOOD.replace("Host:", "X-Amz-Security-Token:token\nHost:");
    assert_eq!(reason(&text), Some(Reason::UnknownKey));
}

#[test]
fn a_presigned_request_lives_as_long_as_it_says_and_a_week_at_most() {
    let text = "GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2F\
        aws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Expires=3600&\
        X-Amz-Signature=e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d HTTP/1.1\n\
        Host:example.amazonaws.com\n\n";
    assert_eq!(verdict_at(text, "2015-08-30T13:36:00Z"), Ok(()));
    assert_eq!(verdict_at(text, "2015-08-30T13:36:01Z").unwrap_err().reason, Reason::NotCurrent);
    for expires in ["604801", "-1", "soon", ""] {
        let text = text.replace("X-Amz-Expires=3600", &format!("X-Amz-Expires={expires}"));
        assert_eq!(reason(&text), Some(Reason::Incomplete), "{expires}");
    }
    let twice = text.replace("X-Amz-Expires=3600", "X-Amz-Expires=3600&X-Amz-Expires=3600");
    assert_eq!(reason(&twice), Some(Reason::Incomplete));
}
