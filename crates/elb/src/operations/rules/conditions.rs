//! Conditions: what a request says, checked, and what the node is told.

use std::net::IpAddr;

use freehold_api::elbv2::RuleCondition;
use freehold_balancer::config::Condition;
use ipnet::IpNet;

use crate::errors::Error;
use crate::operations::quotas;

/// Characters of a value (*API reference, RuleCondition*).
const MOST_VALUE: usize = 128;
const MOST_HEADER_NAME: usize = 40;
const MOST_METHOD: usize = 40;

/// Checks each condition, and all of them together.
pub(super) fn parse(conditions: Option<Vec<RuleCondition>>) -> Result<Vec<Condition>, Error> {
    let conditions = conditions.unwrap_or_default();
    if conditions.is_empty() {
        return Err(Error::invalid("At least one condition must be specified"));
    }
    let conditions = conditions.into_iter().map(parse_one).collect::<Result<Vec<_>, _>>()?;
    for field in ["host-header", "path-pattern", "http-request-method", "source-ip"] {
        if conditions.iter().filter(|condition| self::field(condition) == field).count() > 1 {
            return Err(Error::invalid(format!("A rule can only have one '{field}' condition")));
        }
    }
    let values: usize = conditions.iter().map(count).sum();
    if values > quotas::VALUES_PER_RULE {
        let why = format!("A rule can only have '{}' condition values", quotas::VALUES_PER_RULE);
        return Err(Error::invalid(why));
    }
    let wildcards: usize = conditions.iter().map(wildcards).sum();
    if wildcards > quotas::WILDCARDS_PER_RULE {
        return Err(Error::invalid(format!("A rule can only have '{}' wildcards", quotas::WILDCARDS_PER_RULE)));
    }
    Ok(conditions)
}

/// *RuleCondition: Field*.
pub(super) fn field(condition: &Condition) -> &'static str {
    match condition {
        Condition::HostHeader(_) => "host-header",
        Condition::PathPattern(_) => "path-pattern",
        Condition::HttpHeader { .. } => "http-header",
        Condition::HttpRequestMethod(_) => "http-request-method",
        Condition::QueryString(_) => "query-string",
        Condition::SourceIp(_) => "source-ip",
    }
}

fn parse_one(condition: RuleCondition) -> Result<Condition, Error> {
    let field = condition.field.clone().unwrap_or_default();
    refuse_regular_expressions(&condition)?;
    let plain = condition.values.unwrap_or_default();
    // `Values` is the older form, for hosts and paths.
    let either = |own: Option<Option<Vec<String>>>| match own.flatten() {
        Some(own) if plain.is_empty() || own == plain => Ok(own),
        Some(_) => Err(Error::invalid(format!("Condition values of '{field}' cannot be specified in two ways"))),
        None => Ok(plain.clone()),
    };
    let condition = match field.as_str() {
        "host-header" => Condition::HostHeader(either(condition.host_header_config.map(|it| it.values))?),
        "path-pattern" => Condition::PathPattern(either(condition.path_pattern_config.map(|it| it.values))?),
        "http-request-method" => Condition::HttpRequestMethod(
            condition.http_request_method_config.and_then(|it| it.values).unwrap_or_default(),
        ),
        "source-ip" => {
            let config = condition.source_ip_config.unwrap_or_default();
            if config.ip_address_type.as_deref().is_some_and(|kind| kind != "ipv4") {
                return Err(Error::invalid("The IpAddressType of a source-ip condition can only be 'ipv4'"));
            }
            Condition::SourceIp(config.values.unwrap_or_default())
        }
        "http-header" => {
            let config = condition.http_header_config.unwrap_or_default();
            let (name, values) = (config.http_header_name.unwrap_or_default(), config.values.unwrap_or_default());
            Condition::HttpHeader { name, values }
        }
        "query-string" => {
            let values = condition.query_string_config.and_then(|it| it.values).unwrap_or_default();
            Condition::QueryString(values.into_iter().map(|pair| (pair.key, pair.value.unwrap_or_default())).collect())
        }
        other => return Err(Error::invalid(format!("Condition field '{other}' is not valid"))),
    };
    check(&condition)?;
    Ok(condition)
}

fn refuse_regular_expressions(condition: &RuleCondition) -> Result<(), Error> {
    let host = condition.host_header_config.as_ref().and_then(|it| it.regex_values.as_ref());
    let path = condition.path_pattern_config.as_ref().and_then(|it| it.regex_values.as_ref());
    let header = condition.http_header_config.as_ref().and_then(|it| it.regex_values.as_ref());
    match [condition.regex_values.as_ref(), host, path, header].into_iter().flatten().all(Vec::is_empty) {
        true => Ok(()),
        false => Err(Error::InvalidConfiguration("RegexValues of conditions are not supported in this region".into())),
    }
}

fn check(condition: &Condition) -> Result<(), Error> {
    let bad = |value: &str, why: &str| {
        Err(Error::invalid(format!("Condition value '{value}' of '{}' {why}", field(condition))))
    };
    if count(condition) == 0 {
        return Err(Error::invalid(format!("A condition value of '{}' must be specified", field(condition))));
    }
    for value in texts(condition) {
        if value.is_empty() || value.chars().count() > MOST_VALUE {
            return bad(value, &format!("must have 1 to {MOST_VALUE} characters"));
        }
    }
    match condition {
        Condition::HostHeader(values) => values.iter().try_for_each(|value| match is_host(value) {
            true => Ok(()),
            false => bad(value, "must be a host name, and may contain the wildcards * and ?"),
        }),
        Condition::PathPattern(values) => values.iter().try_for_each(|value| match is_path(value) {
            true => Ok(()),
            false => bad(value, "contains a character that is not valid"),
        }),
        Condition::HttpRequestMethod(values) => values.iter().try_for_each(|value| match is_method(value) {
            true => Ok(()),
            false => bad(value, "must have up to 40 characters of A-Z, hyphen and underscore"),
        }),
        Condition::SourceIp(values) => values.iter().try_for_each(|value| match value.parse::<IpNet>() {
            // API reference, SourceIpConditionConfig: not supported.
            Ok(block) if block.addr() != IpAddr::from([255, 255, 255, 255]) => Ok(()),
            _ => bad(value, "must be a CIDR block"),
        }),
        Condition::HttpHeader { name, .. } => match is_header_name(name) {
            true => Ok(()),
            false => Err(Error::invalid(format!("HTTP header name '{name}' is not valid"))),
        },
        Condition::QueryString(_) => Ok(()),
    }
}

fn is_host(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'*' | b'?'))
}

/// *RuleCondition: path-pattern*: these characters and no others.
fn is_path(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.$/~\"'@:+&()!,;=*?%".contains(&byte))
}

fn is_method(text: &str) -> bool {
    text.len() <= MOST_METHOD && text.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'))
}

/// A token of HTTP, without wildcards; `Host` has a condition of its own.
fn is_header_name(name: &str) -> bool {
    (1..=MOST_HEADER_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-!#$%&'+.^_`|~".contains(&byte))
        && !name.eq_ignore_ascii_case("host")
}

/// All values of a condition; those of queries with their keys.
fn texts(condition: &Condition) -> Vec<&str> {
    match condition {
        Condition::HostHeader(values)
        | Condition::PathPattern(values)
        | Condition::HttpRequestMethod(values)
        | Condition::SourceIp(values)
        | Condition::HttpHeader { values, .. } => values.iter().map(String::as_str).collect(),
        Condition::QueryString(pairs) => {
            pairs.iter().flat_map(|(key, value)| key.as_deref().into_iter().chain([value.as_str()])).collect()
        }
    }
}

fn count(condition: &Condition) -> usize {
    match condition {
        Condition::QueryString(pairs) => pairs.len(),
        other => texts(other).len(),
    }
}

fn wildcards(condition: &Condition) -> usize {
    match condition {
        Condition::SourceIp(_) | Condition::HttpRequestMethod(_) => 0,
        other => texts(other).iter().map(|text| text.matches(['*', '?']).count()).sum(),
    }
}

#[cfg(test)]
mod tests;
