//! What an endpoint may be, by protocol (*API reference, Subscribe: Endpoint*).

use freehold_core::Arn;

use crate::errors::Error;
use crate::model::Protocol;

/// Characters of an address.
const MOST: usize = 2048;

pub(super) fn protocol(text: &str) -> Result<Protocol, Error> {
    Protocol::parse(text)
        .ok_or_else(|| Error::InvalidParameter(format!("Amazon SNS does not support this protocol string: {text}")))
}

pub(super) fn check(protocol: Protocol, endpoint: &str) -> Result<(), Error> {
    let invalid = |what: &str| Err(Error::InvalidParameter(what.to_owned()));
    if endpoint.is_empty() {
        return invalid("Endpoint");
    }
    match protocol {
        Protocol::Http | Protocol::Https => match is_address(protocol.name(), endpoint) {
            true => Ok(()),
            false => invalid("Endpoint must match the specified protocol"),
        },
        Protocol::Email | Protocol::EmailJson => match is_mail(endpoint) {
            true => Ok(()),
            false => invalid("Email address"),
        },
        Protocol::Sms => match is_phone(endpoint) {
            true => Ok(()),
            false => Err(Error::InvalidParameter(format!("Invalid SMS endpoint: {endpoint}"))),
        },
        Protocol::Sqs => match arn(endpoint, "sqs").is_some_and(|arn| !arn.resource.is_empty()) {
            true => Ok(()),
            false => invalid("SQS endpoint ARN"),
        },
        Protocol::Lambda => match arn(endpoint, "lambda").is_some_and(|arn| arn.resource.starts_with("function:")) {
            true => Ok(()),
            false => invalid("Lambda endpoint ARN"),
        },
        Protocol::Firehose => {
            match arn(endpoint, "firehose").is_some_and(|arn| arn.resource.starts_with("deliverystream/")) {
                true => Ok(()),
                false => invalid("Firehose endpoint ARN"),
            }
        }
        Protocol::Application => match arn(endpoint, "sns").is_some_and(|arn| arn.resource.starts_with("endpoint/")) {
            true => Ok(()),
            false => invalid("Application endpoint ARN"),
        },
    }
}

/// The account of an endpoint that has one.
pub(super) fn account(protocol: Protocol, endpoint: &str) -> Option<String> {
    match protocol {
        Protocol::Sqs | Protocol::Lambda | Protocol::Firehose | Protocol::Application => {
            endpoint.parse::<Arn>().ok().map(|arn| arn.account)
        }
        _ => None,
    }
}

fn arn(text: &str, service: &str) -> Option<Arn> {
    text.parse::<Arn>().ok().filter(|arn| arn.service == service && arn.partition == "aws" && !arn.account.is_empty())
}

fn is_address(scheme: &str, text: &str) -> bool {
    let rest = text.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
    text.len() <= MOST
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']))
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_mail(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
    text.rsplit_once('@').is_some_and(|(name, host)| is_part(name) && is_part(host) && !name.contains('@'))
}

/// E.164, with or without the marks that people write between digits.
pub(crate) fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (5..=15).contains(&digits) && rest.bytes().all(|byte| byte.is_ascii_digit() || b" -./()".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_what_their_protocol_says() {
        for (protocol, endpoint) in [
            (Protocol::Http, "http://127.0.0.1:8080/x?y=1"),
            (Protocol::Https, "https://user:password@example.com/"),
            (Protocol::Email, "a.b+c@example.com"),
            (Protocol::Sms, "+15555550100"),
            (Protocol::Sms, "1-555-555-0100"),
            (Protocol::Sqs, "arn:aws:sqs:us-east-1:111122223333:q"),
            (Protocol::Lambda, "arn:aws:lambda:us-east-1:111122223333:function:f:alias"),
            (Protocol::Firehose, "arn:aws:firehose:us-east-1:111122223333:deliverystream/d"),
            (Protocol::Application, "arn:aws:sns:us-east-1:111122223333:endpoint/GCM/a/x"),
        ] {
            assert!(check(protocol, endpoint).is_ok(), "{endpoint}");
        }
        for (protocol, endpoint) in [
            (Protocol::Http, "https://127.0.0.1/"),
            (Protocol::Http, "http://"),
            (Protocol::Http, "http:///x"),
            (Protocol::Https, "example.com"),
            (Protocol::Https, "https://a b"),
            (Protocol::Email, "example.com"),
            (Protocol::Email, "a@b@c"),
            (Protocol::Sms, "phone"),
            (Protocol::Sms, "+1"),
            (Protocol::Sqs, "http://127.0.0.1/queue"),
            (Protocol::Sqs, "arn:aws:sns:us-east-1:111122223333:q"),
            (Protocol::Lambda, "arn:aws:lambda:us-east-1:111122223333:layer:f"),
            (Protocol::Firehose, "arn:aws:firehose:us-east-1:111122223333:x"),
            (Protocol::Application, "arn:aws:sns:us-east-1:111122223333:app/GCM/a"),
            (Protocol::Sqs, ""),
        ] {
            assert!(check(protocol, endpoint).is_err(), "{endpoint}");
        }
        assert!(protocol("fax").is_err());
    }
}
