//! From an element of a policy's list to a [`Condition`]. The sentences of refusals are AWS's, `cidr`'s mention of
//! "prefix" included.

use std::net::IpAddr;
use std::ops::Bound;

use ipnet::IpNet;
use serde_json::Value;

use super::Invalid;
use super::condition::{Condition, Exclusion, Literal, TextTest};
use super::number::Number;
use super::wildcard::Wildcard;

const ONE_KEY: &str = "Only one key allowed in match expression";
const TOO_MANY: &str = "Too many elements in numeric expression";

pub(super) fn condition(element: &Value) -> Result<Condition, Invalid> {
    if let Some(literal) = literal(element) {
        return Ok(Condition::Is(literal));
    }
    let Value::Object(expression) = element else {
        return Err(Invalid::because("Match value must be String, number, true, false, or null"));
    };
    let mut members = expression.iter();
    let Some((name, operand)) = members.next() else {
        return Err(Invalid::because("Match expression name not found"));
    };
    let condition = match name.as_str() {
        "exactly" => Condition::Is(Literal::Text(text(operand, "exact")?.into())),
        "prefix" | "suffix" => Condition::Text(affix(name, operand)?),
        "equals-ignore-case" => Condition::Text(TextTest::EqualsIgnoringCase(text(operand, name)?.into())),
        "wildcard" => Condition::Text(TextTest::Wildcard(Wildcard::parse(text(operand, name)?)?)),
        "anything-but" => Condition::AnythingBut(exclusions(operand)?),
        "numeric" => numeric(operand)?,
        "exists" => match operand {
            Value::Bool(true) => Condition::Exists,
            Value::Bool(false) => Condition::Absent,
            _ => return Err(Invalid::because("exists match pattern must be either true or false.")),
        },
        "cidr" => Condition::Cidr(cidr(text(operand, "prefix")?)?),
        unknown => return Err(Invalid::because(format!("Unrecognized match type {unknown}"))),
    };
    if members.next().is_some() {
        let list_like = matches!(name.as_str(), "anything-but" | "numeric");
        return Err(Invalid::because(if list_like { TOO_MANY } else { ONE_KEY }));
    }
    Ok(condition)
}

fn literal(value: &Value) -> Option<Literal> {
    Some(match value {
        Value::String(text) => Literal::Text(text.as_str().into()),
        Value::Number(number) => Literal::number(number.as_f64()?),
        Value::Bool(value) => Literal::Boolean(*value),
        Value::Null => Literal::Null,
        Value::Array(_) | Value::Object(_) => return None,
    })
}

fn text<'a>(operand: &'a Value, operator: &str) -> Result<&'a str, Invalid> {
    operand.as_str().ok_or_else(|| Invalid::because(format!("{operator} match pattern must be a string")))
}

/// `{"prefix": "eu-"}` or `{"prefix": {"equals-ignore-case": "EU-"}}`
fn affix(operator: &str, operand: &Value) -> Result<TextTest, Invalid> {
    let is_prefix = operator == "prefix";
    let Value::Object(inner) = operand else {
        let text = text(operand, operator)?.into();
        return Ok(if is_prefix { TextTest::Prefix(text) } else { TextTest::Suffix(text) });
    };
    let capitalised = if is_prefix { "Prefix" } else { "Suffix" };
    let (name, operand) = only(inner, &format!("{capitalised} expression name not found"))?;
    if name != "equals-ignore-case" {
        return Err(Invalid::because(format!("Unsupported {operator} pattern: {name}")));
    }
    let text = text(operand, name)?.into();
    Ok(if is_prefix { TextTest::PrefixIgnoringCase(text) } else { TextTest::SuffixIgnoringCase(text) })
}

fn only<'a>(expression: &'a serde_json::Map<String, Value>, empty: &str) -> Result<(&'a str, &'a Value), Invalid> {
    let mut members = expression.iter();
    match (members.next(), members.next()) {
        (None, _) => Err(Invalid::because(empty)),
        (Some((name, operand)), None) => Ok((name, operand)),
        (Some(_), Some(_)) => Err(Invalid::because(ONE_KEY)),
    }
}

/// A value, a list of strings or of numbers, or one of a few operators with a string or strings.
fn exclusions(operand: &Value) -> Result<Box<[Exclusion]>, Invalid> {
    match operand {
        Value::Object(inner) => {
            let (name, operand) = only(inner, "Anything-But expression name not found")?;
            excluded_texts(name, operand)
        }
        Value::Array(values) => {
            let mixed = || {
                Invalid::because(
                    "Inside anything but list, either all values are number or string, mixed type is not supported",
                )
            };
            let all_numbers = values.iter().all(Value::is_number);
            let all_texts = values.iter().all(Value::is_string);
            if values.iter().any(|value| !value.is_number() && !value.is_string()) {
                return Err(Invalid::because("Inside anything but list, start|null|boolean is not supported."));
            }
            if values.is_empty() || !(all_numbers || all_texts) {
                return Err(mixed());
            }
            values.iter().map(excluded_value).collect()
        }
        Value::String(_) | Value::Number(_) => Ok([excluded_value(operand)?].into()),
        Value::Null | Value::Bool(_) => {
            Err(Invalid::because("Value of anything-but must be an array or single string/number value."))
        }
    }
}

fn excluded_value(value: &Value) -> Result<Exclusion, Invalid> {
    match value {
        Value::Number(number) => {
            let number = Number::required(number.as_f64().unwrap_or(f64::INFINITY))?;
            Ok(Exclusion::Is(Literal::Number(number)))
        }
        other => text(other, "anything-but").map(|text| Exclusion::Is(Literal::Text(text.into()))),
    }
}

fn excluded_texts(operator: &str, operand: &Value) -> Result<Box<[Exclusion]>, Invalid> {
    let test = |value: &Value| -> Result<Exclusion, Invalid> {
        let text = match operator {
            "prefix" | "suffix" => {
                let text = text(value, "prefix/suffix")?;
                if text.is_empty() {
                    return Err(Invalid::because("Null prefix/suffix not allowed"));
                }
                text
            }
            "equals-ignore-case" => value.as_str().ok_or_else(|| {
                Invalid::because("Inside anything-but/ignore-case list, number|start|null|boolean is not supported.")
            })?,
            "wildcard" => text(value, "wildcard")?,
            unknown => return Err(Invalid::because(format!("Unsupported anything-but pattern: {unknown}"))),
        };
        Ok(Exclusion::Text(match operator {
            "prefix" => TextTest::Prefix(text.into()),
            "suffix" => TextTest::Suffix(text.into()),
            "wildcard" => TextTest::Wildcard(Wildcard::parse(text)?),
            _ => TextTest::EqualsIgnoringCase(text.into()),
        }))
    };
    match operand {
        Value::Array(values) if values.is_empty() => Err(Invalid::because("Empty arrays are not allowed")),
        Value::Array(values) => values.iter().map(test).collect(),
        value => Ok([test(value)?].into()),
    }
}

/// `["=", 5]`, `[">", 0]`, `[">=", 0, "<", 150]`
fn numeric(operand: &Value) -> Result<Condition, Invalid> {
    let Value::Array(members) = operand else {
        return Err(Invalid::because("Value of numeric must be an array."));
    };
    let mut members = members.iter();
    let operator = match members.next() {
        Some(Value::String(operator)) => operator.as_str(),
        Some(other) => return Err(Invalid::because(format!("Invalid member in numeric match: {other}"))),
        None => return Err(Invalid::because("Invalid member in numeric match: ]")),
    };
    let mut value = |operator: &str| match members.next().and_then(Value::as_f64) {
        Some(value) => Number::required(value),
        None => {
            let name = if operator == "=" { "equals" } else { operator };
            Err(Invalid::because(format!("Value of {name} must be numeric")))
        }
    };
    let (bottom, top) = match operator {
        "=" => {
            let value = value(operator)?;
            (Bound::Included(value), Bound::Included(value))
        }
        "<" => (Bound::Unbounded, Bound::Excluded(value(operator)?)),
        "<=" => (Bound::Unbounded, Bound::Included(value(operator)?)),
        ">" => (Bound::Excluded(value(operator)?), Bound::Unbounded),
        ">=" => (Bound::Included(value(operator)?), Bound::Unbounded),
        unknown => return Err(Invalid::because(format!("Unrecognized numeric range operator: {unknown}"))),
    };
    let Some(second) = members.next() else { return Ok(Condition::Numeric(bottom, top)) };
    let (Bound::Included(low) | Bound::Excluded(low), Bound::Unbounded) = (bottom, top) else {
        return Err(Invalid::because(TOO_MANY));
    };
    let Value::String(second) = second else {
        return Err(Invalid::because(format!("Bad value in numeric range: {second}")));
    };
    if second != "<" && second != "<=" {
        return Err(Invalid::because(format!("Bad numeric range operator: {second}")));
    }
    let Some(high) = members.next().and_then(Value::as_f64) else {
        return Err(Invalid::because(format!("Value of {second} must be numeric")));
    };
    if members.next().is_some() {
        return Err(Invalid::because("Too many terms in numeric range expression"));
    }
    let high = Number::required(high)?;
    if low >= high {
        return Err(Invalid::because("Bottom must be less than top"));
    }
    let top = if second == "<" { Bound::Excluded(high) } else { Bound::Included(high) };
    Ok(Condition::Numeric(bottom, top))
}

fn cidr(text: &str) -> Result<IpNet, Invalid> {
    let Some((address, bits)) = text.split_once('/').filter(|(_, bits)| !bits.is_empty() && !bits.contains('/')) else {
        return Err(Invalid::because("Malformed CIDR, one '/' required"));
    };
    let bits: i32 = bits.parse().map_err(|_| Invalid::because("Malformed CIDR, mask bits must be an integer"))?;
    let bits = u8::try_from(bits.clamp(i32::from(i8::MIN), i32::from(u8::MAX)))
        .map_err(|_| Invalid::because("Malformed CIDR, mask bits must not be negative"))?;
    let address: IpAddr =
        address.parse().map_err(|_| Invalid::because(format!("Nonstandard IP address: {address}")))?;
    // AWS refuses whole addresses here; the address itself, as a string, is what it wants for them.
    let (family, limit) = if address.is_ipv4() { ("IPv4", 32) } else { ("IPv6", 128) };
    if bits >= limit {
        return Err(Invalid::because(format!("{family} mask bits must be < {limit}")));
    }
    IpNet::new(address, bits).map_err(|_| Invalid::because(format!("{family} mask bits must be < {limit}")))
}
