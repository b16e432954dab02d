//! Asking a compiled policy about a message.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::scalar::Scalar;
use super::{Condition, Group, Rule, number};
use crate::model::{Attribute, Attributes, Value as AttributeValue};

impl Group {
    /// Every field matches the attribute of its name, and one of each set of alternatives matches.
    pub(super) fn admits_attributes(&self, attributes: &Attributes) -> bool {
        self.fields.iter().all(|field| match &field.rule {
            Rule::Leaf(conditions) => attribute_matches(conditions, attributes.get(&*field.name)),
            // Refused when the policy was compiled.
            Rule::Nested(_) => false,
        }) && self.alternatives.iter().all(|groups| groups.iter().any(|group| group.admits_attributes(attributes)))
    }

    /// The same for properties of a body.
    pub(super) fn admits_object(&self, object: &Map<String, Value>) -> bool {
        self.admits(Some(object))
    }

    fn admits(&self, object: Option<&Map<String, Value>>) -> bool {
        self.fields.iter().all(|field| {
            let value = object.and_then(|object| object.get(&*field.name));
            match &field.rule {
                Rule::Leaf(conditions) => value_matches(conditions, value),
                Rule::Nested(group) => group.admits_value(value),
            }
        }) && self.alternatives.iter().all(|groups| groups.iter().any(|group| group.admits(object)))
    }

    /// Of a list, one object must match alone: conditions on two properties are met by the same element.
    fn admits_value(&self, value: Option<&Value>) -> bool {
        match value {
            Some(Value::Object(object)) => self.admits(Some(object)),
            Some(Value::Array(elements)) if !elements.is_empty() => {
                elements.iter().any(|element| self.admits_value(Some(element)))
            }
            // Nothing is below, which `"exists": false` may ask for.
            _ => self.admits(None),
        }
    }
}

fn absent_matches(conditions: &[Condition]) -> bool {
    conditions.contains(&Condition::Absent)
}

fn scalar_matches(conditions: &[Condition], value: Scalar<'_>) -> bool {
    conditions.iter().any(|condition| condition.holds(value))
}

/// `exists` works on leaves only (*Key matching*): objects and empty lists have none.
fn value_matches(conditions: &[Condition], value: Option<&Value>) -> bool {
    let mut any_leaf = false;
    let matches = value.is_some_and(|value| leaf_matches(conditions, value, &mut any_leaf));
    matches || (!any_leaf && absent_matches(conditions))
}

fn leaf_matches(conditions: &[Condition], value: &Value, any_leaf: &mut bool) -> bool {
    match value {
        Value::Object(_) => false,
        Value::Array(elements) => elements.iter().any(|element| leaf_matches(conditions, element, any_leaf)),
        value => {
            *any_leaf = true;
            Scalar::of(value).is_some_and(|scalar| scalar_matches(conditions, scalar))
        }
    }
}

fn attribute_matches(conditions: &[Condition], attribute: Option<&Attribute>) -> bool {
    let Some(Attribute { data_type, value: AttributeValue::Text(text) }) = attribute else {
        // "Amazon SNS ignores message attributes with the Binary data type" (*Filter policy constraints*).
        return absent_matches(conditions);
    };
    let mut words = data_type.split('.');
    match (words.next(), words.next()) {
        // String.Array, and Number.Array, which *Numeric value matching* shows.
        (_, Some("Array")) => array_matches(conditions, text),
        (Some("Number"), _) => {
            number::read(text).is_some_and(|number| scalar_matches(conditions, Scalar::Number(number)))
        }
        _ => scalar_matches(conditions, Scalar::Text(text)),
    }
}

/// Looks at a list in JSON while it is read. What is not one matches nothing.
fn array_matches(conditions: &[Condition], text: &str) -> bool {
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = reader.deserialize_seq(Elements(conditions));
    match (found, reader.end()) {
        (Ok(Found::Empty), Ok(())) => absent_matches(conditions),
        (Ok(Found::Match), Ok(())) => true,
        _ => false,
    }
}

enum Found {
    Empty,
    Match,
    Nothing,
}

/// Reads a list and asks about each of its elements.
struct Elements<'a>(&'a [Condition]);

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = Found;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Found, A::Error> {
        let mut found = Found::Empty;
        while let Some(matches) = elements.next_element_seed(Element(self.0))? {
            if matches {
                // The rest must be JSON still.
                while elements.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Found::Match);
            }
            found = Found::Nothing;
        }
        Ok(found)
    }
}

/// Asks about one element. Strings are borrowed, unless they hold escapes.
struct Element<'a>(&'a [Condition]);

impl<'de> serde::de::DeserializeSeed<'de> for Element<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<bool, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string, a number, true, false or null")
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        Ok(scalar_matches(self.0, Scalar::Text(text)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<bool, E> {
        Ok(scalar_matches(self.0, Scalar::Number(number)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<bool, E> {
        Ok(scalar_matches(self.0, Scalar::Number(number as f64)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<bool, E> {
        Ok(scalar_matches(self.0, Scalar::Number(number as f64)))
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(scalar_matches(self.0, Scalar::Boolean(value)))
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(scalar_matches(self.0, Scalar::Null))
    }
}
