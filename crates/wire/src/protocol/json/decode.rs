//! JSON as values. The schema drives serde_json directly: no tree of JSON is built first, and what is unknown is
//! skipped.

use std::fmt;

use base64::Engine;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::Error;
use crate::protocol::text::{self, BASE64};
use crate::protocol::timestamp;
use crate::schema::{Kind, Member, Schema, TimestampFormat, Value};

/// An empty body is an empty object: old clients send that for operations without input.
pub fn decode(schema: &'static Schema, body: &[u8]) -> Result<Value, Error> {
    let members = schema.members();
    if body.is_empty() {
        return Ok(Value::Structure(vec![None; members.len()]));
    }
    // serde_json refuses what is nested deeper than 128.
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = json.deserialize_map(Structure(members)).and_then(|value| json.end().map(|()| value));
    value.map_err(|error| Error::sender("SerializationException", error.to_string()))
}

/// Reads a value of a member's schema.
struct Seed(&'static Member);

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match &self.0.schema.kind {
            Kind::Structure { members } => deserializer.deserialize_any(Structure(members)),
            Kind::List { member } => deserializer.deserialize_any(List(member)),
            Kind::Map { value, .. } => deserializer.deserialize_any(Map(value)),
            _ => deserializer.deserialize_any(Scalar(self.0)),
        }
    }
}

/// Reads a member of a structure, which may be null.
struct OptionalSeed(&'static Member);

impl<'de> DeserializeSeed<'de> for OptionalSeed {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for OptionalSeed {
    type Value = Option<Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(expected(&self.0.schema.kind))
    }

    fn visit_unit<E>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        Seed(self.0).deserialize(deserializer).map(Some)
    }
}

fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "a Boolean",
        Kind::Integer => "an Integer",
        Kind::Long => "a Long",
        Kind::Float => "a Float",
        Kind::Double => "a Double",
        Kind::String => "a String",
        Kind::Blob => "data in base64",
        Kind::Timestamp => "a Timestamp",
        Kind::List { .. } => "a list",
        Kind::Map { .. } => "a map",
        Kind::Structure { .. } => "a structure",
    }
}

struct Structure(&'static [Member]);

impl<'de> Visitor<'de> for Structure {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a structure")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut values = vec![None; self.0.len()];
        let mut seen = vec![false; self.0.len()];
        while let Some(position) = entries.next_key_seed(Name(self.0))? {
            let Some(at) = position else {
                entries.next_value::<IgnoredAny>()?;
                continue;
            };
            let member = &self.0[at];
            if std::mem::replace(&mut seen[at], true) {
                return Err(A::Error::custom(format!("the member {} is given more than once", member.wire_name)));
            }
            values[at] = entries.next_value_seed(OptionalSeed(member))?;
        }
        Ok(Value::Structure(values))
    }
}

/// Reads a key as the position of the member that it names.
struct Name(&'static [Member]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|member| member.wire_name == name))
    }
}

struct List(&'static Member);

impl<'de> Visitor<'de> for List {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(Seed(self.0))? {
            values.push(value);
        }
        Ok(Value::List(values))
    }
}

struct Map(&'static Member);

impl<'de> Visitor<'de> for Map {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut values = std::collections::BTreeMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Seed(self.0))?;
            if values.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key} is given more than once")));
            }
            values.insert(key, value);
        }
        Ok(Value::Map(values.into_iter().collect()))
    }
}

struct Scalar(&'static Member);

impl Scalar {
    fn time<E: serde::de::Error>(&self, seconds: f64) -> Result<Value, E> {
        match self.0.timestamp.unwrap_or(TimestampFormat::UnixTimestamp) {
            TimestampFormat::UnixTimestamp => timestamp::from_seconds(seconds)
                .map(Value::Timestamp)
                .ok_or_else(|| E::custom("the number is not a Timestamp")),
            _ => Err(self.wrong("NUMBER_VALUE")),
        }
    }

    fn wrong<E: serde::de::Error>(&self, found: &str) -> E {
        E::custom(format!("{found} can not be converted to {}", expected(&self.0.schema.kind)))
    }
}

impl Visitor<'_> for Scalar {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(expected(&self.0.schema.kind))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        match self.0.schema.kind {
            Kind::Boolean => Ok(Value::Boolean(value)),
            _ => Err(self.wrong(if value { "TRUE_VALUE" } else { "FALSE_VALUE" })),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        match self.0.schema.kind {
            Kind::Integer if i32::try_from(value).is_err() => Err(self.wrong("NUMBER_VALUE")),
            Kind::Integer | Kind::Long => Ok(Value::Integer(value)),
            Kind::Float => Ok(Value::Float(f64::from(value as f32))),
            Kind::Double => Ok(Value::Float(value as f64)),
            Kind::Timestamp => self.time(value as f64),
            _ => Err(self.wrong("NUMBER_VALUE")),
        }
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => self.visit_f64(value as f64),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        match self.0.schema.kind {
            Kind::Float => text::single(value).map(Value::Float).ok_or_else(|| self.wrong("NUMBER_VALUE")),
            Kind::Double => Ok(Value::Float(value)),
            Kind::Timestamp => self.time(value),
            _ => Err(self.wrong("NUMBER_VALUE")),
        }
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        let kind = &self.0.schema.kind;
        let unix = self.0.timestamp.is_none_or(|format| format == TimestampFormat::UnixTimestamp);
        match (kind, value) {
            (Kind::String, value) => Ok(Value::String(value.to_owned())),
            (Kind::Blob, value) => match BASE64.decode(value) {
                Ok(bytes) => Ok(Value::Blob(bytes.into())),
                Err(_) => Err(self.wrong("STRING_VALUE")),
            },
            (Kind::Float | Kind::Double, "NaN") => Ok(Value::Float(f64::NAN)),
            (Kind::Float | Kind::Double, "Infinity") => Ok(Value::Float(f64::INFINITY)),
            (Kind::Float | Kind::Double, "-Infinity") => Ok(Value::Float(f64::NEG_INFINITY)),
            (Kind::Timestamp, value) if !unix => {
                text::parse(kind, self.0.timestamp, value).map_err(|_| self.wrong("STRING_VALUE"))
            }
            _ => Err(self.wrong("STRING_VALUE")),
        }
    }
}
