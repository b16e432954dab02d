//! What message attributes may be (*SQS developer guide, Amazon SQS message metadata*; *API reference,
//! MessageAttributeValue*).

use std::collections::BTreeMap;

use freehold_api::sqs::{MessageAttributeValue, MessageSystemAttributeValue};

use super::content::{Attribute, AttributeValue, Attributes};
use super::name::{self, InvalidName, check_attribute_name};
use super::prepare::invalid_character;
use crate::errors::{Error, Result};

const ATTRIBUTES_AT_MOST: usize = 10;
const TYPE_AT_MOST: usize = 256;
/// Digits of a number.
const PRECISION: usize = 38;
/// The only system attribute that senders may set.
const TRACE_HEADER: &str = "AWSTraceHeader";

/// Reads the attributes of a request. A map is in the order of its keys, which is what digests need.
pub(super) fn read(given: BTreeMap<String, MessageAttributeValue>) -> Result<Attributes> {
    let mut attributes = Vec::with_capacity(given.len());
    for (name, value) in given {
        let MessageAttributeValue { string_value, binary_value, data_type, string_list_values, binary_list_values } =
            value;
        if string_list_values.is_some_and(|list| !list.is_empty())
            || binary_list_values.is_some_and(|list| !list.is_empty())
        {
            let message = "Message attribute list values in SendMessage operation are not supported.";
            return Err(Error::UnsupportedOperation(message.into()));
        }
        let data_type = data_type.unwrap_or_default();
        let value = value_of(&name, &data_type, string_value, binary_value)?;
        attributes.push((name, Attribute { data_type, value }));
    }
    Ok(attributes)
}

fn value_of(name: &str, data_type: &str, text: Option<String>, binary: Option<bytes::Bytes>) -> Result<AttributeValue> {
    let is_binary = base(data_type) == "Binary";
    match (text, binary) {
        (Some(text), None) if !is_binary => Ok(AttributeValue::Text(text)),
        (None, Some(bytes)) if is_binary => Ok(AttributeValue::Binary(bytes)),
        (None, None) => Err(empty(name, data_type)),
        _ => {
            let field = if is_binary { "Binary" } else { "String" };
            Err(refused(format!("The message attribute '{name}' with type '{data_type}' must use field '{field}'.")))
        }
    }
}

/// Checks attributes, from wherever they come.
pub(super) fn check(attributes: &Attributes) -> Result<()> {
    if attributes.len() > ATTRIBUTES_AT_MOST {
        return Err(refused(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{ATTRIBUTES_AT_MOST}].",
            attributes.len()
        )));
    }
    attributes.iter().try_for_each(|(name, attribute)| check_one(name, attribute))
}

fn check_one(name: &str, attribute: &Attribute) -> Result<()> {
    check_name(name)?;
    let data_type = attribute.data_type.as_str();
    if data_type.is_empty() {
        return Err(refused(format!("The message attribute '{name}' must contain non-empty message attribute type.")));
    }
    let is_text = match (base(data_type), &attribute.value) {
        ("String" | "Number", AttributeValue::Text(_)) => true,
        ("Binary", AttributeValue::Binary(_)) => false,
        _ => {
            return Err(refused(format!(
                "The message attribute '{name}' has an invalid message attribute type, the set of supported type \
                 prefixes is Binary, Number, and String."
            )));
        }
    };
    if data_type.len() > TYPE_AT_MOST {
        return Err(refused(format!(
            "The type of the message attribute '{name}' must be shorter than {TYPE_AT_MOST} bytes."
        )));
    }
    if attribute.value.as_bytes().is_empty() {
        return Err(empty(name, data_type));
    }
    if let (true, AttributeValue::Text(text)) = (is_text, &attribute.value) {
        if let Some(character) = invalid_character(text) {
            return Err(refused(format!(
                "Invalid binary character '#x{:X}' was found in the message attribute '{name}' value.",
                u32::from(character)
            )));
        }
        if base(data_type) == "Number" && !is_number(text) {
            return Err(refused(format!("Can't cast the value of message (user) attribute '{name}' to a number.")));
        }
    }
    Ok(())
}

fn check_name(name: &str) -> Result<()> {
    check_attribute_name(name).map_err(|invalid| {
        refused(match invalid {
            InvalidName::Characters => format!(
                "The message attribute name '{name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore \
                 (_), hyphen (-), and period (.) characters."
            ),
            InvalidName::TooLong => {
                format!("Length of message attribute name must be less than {} bytes.", name::AT_MOST)
            }
            InvalidName::Reserved => format!(
                "The message attribute name '{name}' is invalid. Names that begin with AWS. or Amazon. are reserved."
            ),
        })
    })
}

/// The trace header, if that is what the system attributes of a request are.
pub(super) fn trace_header(given: &mut BTreeMap<String, MessageSystemAttributeValue>) -> Result<Option<Attribute>> {
    if let Some(name) = given.keys().find(|name| *name != TRACE_HEADER) {
        return Err(refused(format!("Message system attribute name '{name}' is invalid.")));
    }
    let Some(given) = given.remove(TRACE_HEADER) else { return Ok(None) };
    let data_type = given.data_type.unwrap_or_default();
    if data_type != "String" {
        return Err(refused(format!(
            "The message system attribute '{TRACE_HEADER}' must be of the type String, not '{data_type}'."
        )));
    }
    match given.string_value {
        Some(text) if !text.is_empty() && invalid_character(&text).is_none() => {
            Ok(Some(Attribute { data_type, value: AttributeValue::Text(text) }))
        }
        _ => Err(refused(format!(
            "The message system attribute '{TRACE_HEADER}' must contain a non-empty value of the type String."
        ))),
    }
}

/// The digest of system attributes.
pub(super) fn trace_digest(trace: Option<&Attribute>) -> Option<super::digest::Md5Digest> {
    super::digest::of_attributes(trace.map(|trace| (TRACE_HEADER, trace)))
}

/// `Number` of `Number.float`.
fn base(data_type: &str) -> &str {
    data_type.split('.').next().unwrap_or(data_type)
}

/// A decimal number of at most 38 digits between ±10^-128 and ±10^126.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => match exponent.parse::<i64>() {
            Ok(exponent) => (mantissa, exponent),
            Err(_) => return false,
        },
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if whole.len() + fraction.len() == 0 || !digits().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    // Zeros at either end say nothing about the precision.
    let Some(first) = digits().position(|digit| digit != b'0') else { return true };
    let last = digits().enumerate().filter(|(_, digit)| *digit != b'0').map(|(position, _)| position).last();
    let precision = last.unwrap_or(first) - first + 1;
    let magnitude = exponent.saturating_add(whole.len() as i64 - first as i64);
    precision <= PRECISION && (-127..=127).contains(&magnitude)
}

fn empty(name: &str, data_type: &str) -> Error {
    refused(format!(
        "The message attribute '{name}' must contain non-empty message attribute value for message attribute type \
         '{data_type}'."
    ))
}

fn refused(sentence: String) -> Error {
    Error::InvalidParameterValue(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(name: &str, data_type: &str, value: &str) -> Result<()> {
        let value = AttributeValue::Text(value.into());
        check(&vec![(name.to_owned(), Attribute { data_type: data_type.to_owned(), value })])
    }

    #[test]
    fn names_have_no_dots_at_their_ends_and_do_not_look_like_awss() {
        for good in ["a", "a.b", "A-1_z", "awsome", "aws"] {
            assert!(checked(good, "String", "x").is_ok(), "{good}");
        }
        for bad in ["", ".a", "a.", "a..b", "a b", "ü", "AWS.x", "aws.x", "amazon.X"] {
            assert!(checked(bad, "String", "x").is_err(), "{bad}");
        }
        assert!(checked(&"n".repeat(256), "String", "x").is_ok());
        assert!(checked(&"n".repeat(257), "String", "x").is_err());
    }

    #[test]
    fn types_are_three_with_any_suffix() {
        for good in ["String", "String.json", "Number.int"] {
            assert!(checked("a", good, "1").is_ok(), "{good}");
        }
        for bad in ["", "string", "Float", "Binary", ".String"] {
            assert!(checked("a", bad, "1").is_err(), "{bad}");
        }
        assert!(checked("a", "String", "").is_err());
        assert!(checked("a", "String", "\u{1}").is_err());
    }

    #[test]
    fn numbers_are_decimal_and_not_too_precise() {
        for good in
            ["0", "-1", "+1.5", "1e10", "1E-5", ".5", "5.", "1e126", "00000000000000000000000000000000000000001"]
        {
            assert!(is_number(good), "{good}");
        }
        for bad in ["", "-", ".", "x", "1x", "1e", "NaN", "inf", "0x10", "1e200", "1e-200", "1,5", " 1"] {
            assert!(!is_number(bad), "{bad}");
        }
        assert!(is_number(&"9".repeat(38)));
        assert!(!is_number(&"9".repeat(39)));
    }

    #[test]
    fn ten_attributes_are_enough() {
        let many = |count: usize| {
            let value = AttributeValue::Text("x".into());
            let one = |at| (format!("a{at}"), Attribute { data_type: "String".into(), value: value.clone() });
            check(&(0..count).map(one).collect())
        };
        assert!(many(10).is_ok());
        let refused = many(11).unwrap_err().to_string();
        assert_eq!(refused, "Number of message attributes [11] exceeds the allowed maximum [10].");
    }
}
