//! CBOR as values, driven by the schema. What is unknown is skipped.

use std::collections::BTreeMap;

use super::read::{Head, Malformed, Reader};
use crate::Error;
use crate::protocol::{text, timestamp};
use crate::schema::{Kind, Member, Schema, Value};

/// Seconds since 1970 (*RFC 8949, Epoch-based date/time*).
const EPOCH: u64 = 1;

/// Why a body is not the input of an operation.
#[derive(Debug, thiserror::Error)]
enum Wrong {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("the member {0} has another type in the body than in the model")]
    Type(&'static str),
    #[error("the member {0} is given more than once")]
    Twice(String),
}

/// An empty body is an empty structure: so clients call operations without input.
pub fn decode(schema: &'static Schema, body: &[u8]) -> Result<Value, Error> {
    let members = schema.members();
    if body.is_empty() {
        return Ok(Value::Structure(vec![None; members.len()]));
    }
    let mut reader = Reader::new(body);
    let mut read = || -> Result<Value, Wrong> {
        let head = reader.head()?;
        let value = structure(&mut reader, head, members, schema.name)?;
        reader.end()?;
        Ok(value)
    };
    read().map_err(|wrong| Error::sender("SerializationException", wrong.to_string()))
}

fn structure(
    reader: &mut Reader<'_>,
    head: Head,
    members: &'static [Member],
    name: &'static str,
) -> Result<Value, Wrong> {
    let mut values = vec![None; members.len()];
    let mut seen = vec![false; members.len()];
    entries(reader, head, name, &mut |reader, key| {
        let Some(at) = members.iter().position(|member| member.name == key) else { return Ok(reader.skip()?) };
        if std::mem::replace(&mut seen[at], true) {
            return Err(Wrong::Twice(key));
        }
        let head = reader.head()?;
        if head != Head::Null {
            values[at] = Some(value(reader, head, &members[at])?);
        }
        Ok(())
    })?;
    Ok(Value::Structure(values))
}

fn value(reader: &mut Reader<'_>, head: Head, member: &'static Member) -> Result<Value, Wrong> {
    match (&member.schema.kind, head) {
        (Kind::Structure { members }, head) => structure(reader, head, members, member.name),
        (Kind::List { member: element }, Head::Array(length)) => {
            let mut values = Vec::new();
            while !is_over(reader, length, values.len())? {
                let head = reader.head()?;
                values.push(value(reader, head, element)?);
            }
            Ok(Value::List(values))
        }
        (Kind::Map { value: element, .. }, head) => {
            let mut values = BTreeMap::new();
            entries(reader, head, member.name, &mut |reader, key| {
                let head = reader.head()?;
                let value = value(reader, head, element)?;
                match values.insert(key.clone(), value) {
                    Some(_) => Err(Wrong::Twice(key)),
                    None => Ok(()),
                }
            })?;
            Ok(Value::Map(values.into_iter().collect()))
        }
        (Kind::Timestamp, Head::Tag(EPOCH)) => {
            let seconds = number(reader.head()?).ok_or(Wrong::Type(member.name))?;
            timestamp::from_seconds(seconds).map(Value::Timestamp).ok_or(Wrong::Type(member.name))
        }
        (Kind::String, Head::Text(length)) => Ok(Value::String(reader.text(length)?)),
        (Kind::Blob, Head::Bytes(length)) => Ok(Value::Blob(reader.string(length, false)?.into())),
        (Kind::Boolean, Head::Boolean(value)) => Ok(Value::Boolean(value)),
        (kind, head) => scalar(kind, head).ok_or(Wrong::Type(member.name)),
    }
}

fn scalar(kind: &Kind, head: Head) -> Option<Value> {
    match kind {
        Kind::Integer => integer(head).filter(|value| i32::try_from(*value).is_ok()).map(Value::Integer),
        Kind::Long => integer(head).map(Value::Integer),
        Kind::Double => number(head).map(Value::Float),
        // Not a number and the infinite are numbers of 32 bits too.
        Kind::Float => number(head)
            .and_then(|value| if value.is_finite() { text::single(value) } else { Some(value) })
            .map(Value::Float),
        _ => None,
    }
}

fn integer(head: Head) -> Option<i64> {
    match head {
        Head::Unsigned(value) => i64::try_from(value).ok(),
        Head::Negative(value) => i64::try_from(value).ok().map(|value| -1 - value),
        _ => None,
    }
}

fn number(head: Head) -> Option<f64> {
    match head {
        Head::Unsigned(value) => Some(value as f64),
        Head::Negative(value) => Some(-1.0 - value as f64),
        Head::Float(value) => Some(value),
        _ => None,
    }
}

/// Reads a map; `each` reads the value of a key.
fn entries(
    reader: &mut Reader<'_>,
    head: Head,
    name: &'static str,
    each: &mut dyn FnMut(&mut Reader<'_>, String) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    let Head::Map(length) = head else { return Err(Wrong::Type(name)) };
    let mut done = 0;
    while !is_over(reader, length, done)? {
        let Head::Text(length) = reader.head()? else { return Err(Malformed::Reserved.into()) };
        let key = reader.text(length)?;
        each(reader, key)?;
        done += 1;
    }
    Ok(())
}

/// Whether a container that holds `done` items so far has no more.
fn is_over(reader: &mut Reader<'_>, length: Option<u64>, done: usize) -> Result<bool, Malformed> {
    match length {
        Some(length) => Ok(done as u64 == length),
        None => reader.at_break(),
    }
}
