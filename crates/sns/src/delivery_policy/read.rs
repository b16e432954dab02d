//! Reading policies. Sentences are AWS's where they are known: "Unexpected JSON member", "type mismatch", "must be
//! greater than or equal to".

use serde_json::{Map, Value};

use super::retry::{Backoff, RetryPolicy};
use super::{DeliveryPolicy, Invalid};

/// Seconds (*Message delivery retries*, the table of a policy's members).
const MAX_DELAY: u32 = 3600;
const MAX_RETRIES: u32 = 100;

/// *Message delivery retries*, headerContentType: what HTTP subscriptions may be sent.
const CONTENT_TYPES: [&str; 12] = [
    "text/plain",
    "application/json",
    "application/xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/xml",
    "application/atom+xml",
    "application/octet-stream",
    "application/soap+xml",
    "application/x-www-form-urlencoded",
    "application/xhtml+xml",
];
/// *SetTopicAttributes delivery policy JSON format*: a topic chooses among the first three.
const TOPIC_CONTENT_TYPES: &[&str] = CONTENT_TYPES.split_at(3).0;

type Members = Map<String, Value>;

pub(super) fn topic(text: &str) -> Result<DeliveryPolicy, Invalid> {
    let policy = object(text)?;
    no_others(&policy, "", &["http"])?;
    let Some(http) = section(&policy, "", "http")? else { return Ok(DeliveryPolicy::default()) };
    let known =
        ["defaultHealthyRetryPolicy", "disableSubscriptionOverrides", "defaultThrottlePolicy", "defaultRequestPolicy"];
    no_others(http, "http.", &known)?;
    let forbids_overrides = match http.get("disableSubscriptionOverrides") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(value)) => *value,
        Some(other) => return Err(mismatch("http.disableSubscriptionOverrides", "boolean", other)),
    };
    Ok(DeliveryPolicy {
        retry: retry(http, "http.", "defaultHealthyRetryPolicy")?,
        max_receives_per_second: throttle(http, "http.", "defaultThrottlePolicy")?,
        content_type: content_type(http, "http.", "defaultRequestPolicy", TOPIC_CONTENT_TYPES)?,
        forbids_overrides,
    })
}

pub(super) fn subscription(text: &str) -> Result<DeliveryPolicy, Invalid> {
    let policy = object(text)?;
    let known = ["healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy", "guaranteed"];
    no_others(&policy, "", &known)?;
    // AWS shows these two and documents neither: what it shows may be given back, other values would have no effect.
    if !matches!(policy.get("sicklyRetryPolicy"), None | Some(Value::Null)) {
        return Err(unexpected("sicklyRetryPolicy"));
    }
    if !matches!(policy.get("guaranteed"), None | Some(Value::Null | Value::Bool(false))) {
        return Err(unexpected("guaranteed"));
    }
    Ok(DeliveryPolicy {
        retry: retry(&policy, "", "healthyRetryPolicy")?,
        max_receives_per_second: throttle(&policy, "", "throttlePolicy")?,
        content_type: content_type(&policy, "", "requestPolicy", &CONTENT_TYPES)?,
        forbids_overrides: false,
    })
}

/// Members that are missing have their defaults, as in the guide's `{"healthyRetryPolicy":{"numRetries":5}}`.
fn retry(within: &Members, path: &str, name: &str) -> Result<Option<RetryPolicy>, Invalid> {
    let Some(members) = section(within, path, name)? else { return Ok(None) };
    let path = format!("{path}{name}.");
    let known = [
        "minDelayTarget",
        "maxDelayTarget",
        "numRetries",
        "numNoDelayRetries",
        "numMinDelayRetries",
        "numMaxDelayRetries",
        "backoffFunction",
    ];
    no_others(members, &path, &known)?;
    let default = RetryPolicy::default();
    let number = |name, default, least, most| integer(members, &path, name, least, most).map(|n| n.unwrap_or(default));
    let policy = RetryPolicy {
        min_delay: number("minDelayTarget", default.min_delay, 1, MAX_DELAY)?,
        max_delay: number("maxDelayTarget", default.max_delay, 1, MAX_DELAY)?,
        retries: number("numRetries", default.retries, 0, MAX_RETRIES)?,
        no_delay_retries: number("numNoDelayRetries", default.no_delay_retries, 0, MAX_RETRIES)?,
        min_delay_retries: number("numMinDelayRetries", default.min_delay_retries, 0, MAX_RETRIES)?,
        max_delay_retries: number("numMaxDelayRetries", default.max_delay_retries, 0, MAX_RETRIES)?,
        backoff: backoff(members, &path)?,
    };
    if policy.max_delay < policy.min_delay {
        return Err(Invalid(format!("{path}maxDelayTarget must be greater than or equal to minDelayTarget")));
    }
    if policy.retries < policy.no_delay_retries + policy.min_delay_retries + policy.max_delay_retries {
        return Err(Invalid(format!(
            "{path}numRetries must be greater than or equal to total of numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries"
        )));
    }
    Ok(Some(policy))
}

fn backoff(members: &Members, path: &str) -> Result<Backoff, Invalid> {
    match members.get("backoffFunction") {
        None | Some(Value::Null) => Ok(RetryPolicy::default().backoff),
        Some(Value::String(name)) => {
            Backoff::ALL.into_iter().find(|function| function.name() == name).ok_or_else(|| {
                let names = Backoff::ALL.map(Backoff::name).join(", ");
                Invalid(format!("{path}backoffFunction must be one of {names}"))
            })
        }
        Some(other) => Err(mismatch(&format!("{path}backoffFunction"), "string", other)),
    }
}

fn throttle(within: &Members, path: &str, name: &str) -> Result<Option<u32>, Invalid> {
    let Some(members) = section(within, path, name)? else { return Ok(None) };
    let path = format!("{path}{name}.");
    no_others(members, &path, &["maxReceivesPerSecond"])?;
    integer(members, &path, "maxReceivesPerSecond", 1, u32::MAX)
}

fn content_type(within: &Members, path: &str, name: &str, allowed: &[&str]) -> Result<Option<String>, Invalid> {
    let Some(members) = section(within, path, name)? else { return Ok(None) };
    let path = format!("{path}{name}.");
    no_others(members, &path, &["headerContentType"])?;
    match members.get("headerContentType") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if is_allowed(text, allowed) => Ok(Some(text.clone())),
        Some(Value::String(_)) => {
            Err(Invalid(format!("{path}headerContentType must be one of {}", allowed.join(", "))))
        }
        Some(other) => Err(mismatch(&format!("{path}headerContentType"), "string", other)),
    }
}

/// One of the types, alone or with UTF-8 as its charset.
fn is_allowed(text: &str, allowed: &[&str]) -> bool {
    let (kind, charset) = text.split_once(';').map_or((text, None), |(kind, rest)| (kind, Some(rest.trim())));
    let utf8 = charset.is_none_or(|charset| charset.eq_ignore_ascii_case("charset=utf-8"));
    utf8 && allowed.contains(&kind)
}

fn object(text: &str) -> Result<Members, Invalid> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Invalid("must be a JSON object".into())),
        Err(_) => Err(Invalid("failed to parse JSON.".into())),
    }
}

fn section<'a>(within: &'a Members, path: &str, name: &str) -> Result<Option<&'a Members>, Invalid> {
    match within.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(other) => Err(mismatch(&format!("{path}{name}"), "object", other)),
    }
}

fn integer(members: &Members, path: &str, name: &str, least: u32, most: u32) -> Result<Option<u32>, Invalid> {
    let value = match members.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value,
    };
    let path = format!("{path}{name}");
    match value.as_i64().or_else(|| value.as_u64().map(|_| i64::MAX)) {
        None => Err(mismatch(&path, "integer", value)),
        Some(number) if number < i64::from(least) => {
            Err(Invalid(format!("{path} must be greater than or equal to {least}")))
        }
        Some(number) => match u32::try_from(number) {
            Ok(number) if number <= most => Ok(Some(number)),
            _ => Err(Invalid(format!("{path} must be less than or equal to {most}"))),
        },
    }
}

fn no_others(members: &Members, path: &str, known: &[&str]) -> Result<(), Invalid> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(unexpected(&format!("{path}{name}"))),
        None => Ok(()),
    }
}

fn unexpected(path: &str) -> Invalid {
    Invalid(format!("Unexpected JSON member: {path}"))
}

fn mismatch(path: &str, expected: &str, value: &Value) -> Invalid {
    let received = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Invalid(format!("{path} type mismatch, expecting {expected}, received {received}"))
}
