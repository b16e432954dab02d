//! Message attributes as publishers write them, checked (*API reference, MessageAttributeValue*; *Developer guide, Message
//! attributes*).

use std::collections::BTreeMap;

use freehold_api::sns::MessageAttributeValue;
use freehold_sqs::check_attribute_name;

use crate::errors::Error;
use crate::model::{Attribute, Attributes, Value};

const STRING_ARRAY: &str = "String.Array";

/// Bytes that attributes add to a message: names, types and values.
pub(super) fn size(attributes: &BTreeMap<String, MessageAttributeValue>) -> usize {
    let of = |(name, value): (&String, &MessageAttributeValue)| {
        name.len()
            + value.data_type.as_ref().map_or(0, String::len)
            + value.string_value.as_ref().map_or(0, String::len)
            + value.binary_value.as_ref().map_or(0, bytes::Bytes::len)
    };
    attributes.iter().map(of).sum()
}

pub(super) fn read(attributes: BTreeMap<String, MessageAttributeValue>) -> Result<Attributes, Error> {
    attributes
        .into_iter()
        .map(|(name, value)| {
            check_name(&name)?;
            let attribute = attribute(&name, value)?;
            Ok((name, attribute))
        })
        .collect()
}

fn invalid(message: String) -> Error {
    Error::InvalidParameterValue(message)
}

fn check_name(name: &str) -> Result<(), Error> {
    check_attribute_name(name).map_err(|_| invalid(format!("Invalid attribute name: {name}")))
}

fn attribute(name: &str, value: MessageAttributeValue) -> Result<Attribute, Error> {
    let data_type = value.data_type.unwrap_or_default();
    let (kind, suffix) = data_type.split_once('.').map_or((&*data_type, None), |(kind, rest)| (kind, Some(rest)));
    if data_type.is_empty() {
        return Err(invalid(format!("The message attribute '{name}' must contain non-empty message attribute type.")));
    }
    if !matches!(kind, "String" | "Number" | "Binary") || suffix == Some("") {
        return Err(invalid(format!(
            "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is \
             Binary, Number, and String."
        )));
    }
    let empty = || {
        invalid(format!(
            "The message attribute '{name}' must contain non-empty message attribute value for message attribute type \
             '{data_type}'."
        ))
    };
    let value = match (kind, value.string_value, value.binary_value) {
        ("Binary", None, Some(bytes)) if !bytes.is_empty() => Value::Binary(bytes),
        ("String" | "Number", Some(text), None) if !text.is_empty() => Value::Text(text),
        (_, Some(_), Some(_)) => {
            return Err(invalid(format!("Message attribute '{name}' has more than one value.")));
        }
        _ => return Err(empty()),
    };
    if let Value::Text(text) = &value {
        let is_number = kind != "Number" || text.trim().parse::<f64>().is_ok_and(f64::is_finite);
        if !is_number {
            return Err(invalid(format!("Could not cast message attribute '{name}' value to number.")));
        }
        let is_array = data_type != STRING_ARRAY
            || serde_json::from_str::<Vec<serde_json::Value>>(text)
                .is_ok_and(|items| items.iter().all(|item| !item.is_object() && !item.is_array()));
        if !is_array {
            return Err(invalid(format!("Message attribute '{name}' is not a valid JSON array of scalars.")));
        }
    }
    Ok(Attribute { data_type, value })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn text(data_type: &str, value: &str) -> MessageAttributeValue {
        MessageAttributeValue {
            data_type: Some(data_type.into()),
            string_value: Some(value.into()),
            binary_value: None,
        }
    }

    fn one(name: &str, value: MessageAttributeValue) -> Result<Attributes, Error> {
        read([(name.to_owned(), value)].into())
    }

    #[test]
    fn types_are_words_of_aws_with_or_without_one_of_the_publisher() {
        for (data_type, value) in
            [("String", "x"), ("String.Array", "[\"a\",1,true,null]"), ("Number", "-1.5e3"), ("Number.int", "7")]
        {
            assert!(one("a", text(data_type, value)).is_ok(), "{data_type}");
        }
        let binary = MessageAttributeValue { binary_value: Some(Bytes::from_static(b"\0")), ..text("Binary.gz", "") };
        assert!(one("a", MessageAttributeValue { string_value: None, ..binary }).is_ok());
        for (data_type, value) in [
            ("", "x"),
            ("Text", "x"),
            ("String.", "x"),
            ("String", ""),
            ("Number", "one"),
            ("Number", "inf"),
            ("Binary", "x"),
            ("String.Array", "{}"),
            ("String.Array", "[[1]]"),
        ] {
            assert!(one("a", text(data_type, value)).is_err(), "{data_type} {value}");
        }
    }

    #[test]
    fn names_are_letters_digits_and_some_marks() {
        for name in ["a", "A-b_c.1"] {
            assert!(one(name, text("String", "x")).is_ok(), "{name}");
        }
        for name in ["", ".a", "a.", "a..b", "AWS.x", "amazon.x", "é", "a b", &"x".repeat(257)] {
            assert!(one(name, text("String", "x")).is_err(), "{name}");
        }
    }

    #[test]
    fn names_types_and_values_count() {
        assert_eq!(size(&[("ab".to_owned(), text("String", "xyz"))].into()), 2 + 6 + 3);
    }
}
