//! A request's parts as the operation's input.

use std::collections::BTreeMap;

use super::labels;
use crate::Error;
use crate::protocol::{Parts, form, json, text};
use crate::schema::{Kind, Location, Member, TimestampFormat, Value};
use crate::service::OperationModel;

pub fn decode(operation: &'static OperationModel, parts: &Parts<'_>) -> Result<Value, Error> {
    let members = operation.input.members();
    let labels = labels::matched(labels::path_of(operation.http_uri), parts.path).unwrap_or_default();
    let query = query_pairs(parts.query)?;
    let is_in_body = members.iter().any(|member| member.location == Location::Body);
    let mut values = match json::decode::decode(operation.input, if is_in_body { parts.body } else { b"" })? {
        Value::Structure(values) => values,
        _ => vec![None; members.len()],
    };
    for (member, value) in members.iter().zip(&mut values) {
        *value = match member.location {
            Location::Body => continue,
            Location::Payload => payload(member, parts.body)?,
            Location::Uri => match labels.iter().find(|(name, _)| *name == member.wire_name) {
                Some((_, label)) => {
                    let text = labels::decoded(label).ok_or_else(|| malformed(member, "a text in UTF-8"))?;
                    Some(scalar(member, member, TimestampFormat::Iso8601, &text)?)
                }
                None => None,
            },
            Location::QueryString => from_query(member, members, &query)?,
            Location::Header => match parts.header(member.wire_name) {
                Some(text) => Some(from_header(member, text)?),
                None => None,
            },
            Location::Headers => Some(prefixed(member, parts))
                .filter(|value| !matches!(value, Value::Map(entries) if entries.is_empty())),
            // Only answers have it.
            Location::StatusCode => None,
        };
    }
    Ok(Value::Structure(values))
}

/// Every name and value of the query string, in the order they came.
fn query_pairs(query: &str) -> Result<Vec<(String, String)>, Error> {
    let read = |(name, value): (&str, &str)| Ok((form::decode(name)?.into_owned(), form::decode(value)?.into_owned()));
    let pairs: Result<Vec<_>, form::Malformed> = form::split(query).map(read).collect();
    pairs.map_err(|error| Error::sender("SerializationException", error.to_string()))
}

fn malformed(member: &Member, expected: &str) -> Error {
    Error::sender("SerializationException", format!("The value of {} is not {expected}.", member.name))
}

/// A scalar of `member` (which may be an element), told of by the name of `named`.
fn scalar(named: &Member, member: &Member, default: TimestampFormat, text: &str) -> Result<Value, Error> {
    text::parse(&member.schema.kind, Some(member.timestamp.unwrap_or(default)), text)
        .map_err(|expected| malformed(named, expected))
}

fn from_query(member: &Member, members: &[Member], pairs: &[(String, String)]) -> Result<Option<Value>, Error> {
    let mut own = pairs.iter().filter(|(name, _)| name == member.wire_name).map(|(_, value)| value.as_str());
    match &member.schema.kind {
        Kind::List { member: element } => {
            let values: Result<Vec<_>, _> =
                own.map(|text| scalar(member, element, TimestampFormat::Iso8601, text)).collect();
            Ok(Some(values?).filter(|values| !values.is_empty()).map(Value::List))
        }
        // Whatever is no other member's.
        Kind::Map { value, .. } => {
            let is_taken = |name: &str| {
                let mut others = members.iter().filter(|other| other.location == Location::QueryString);
                others.any(|other| other.wire_name == name && !matches!(other.schema.kind, Kind::Map { .. }))
            };
            let free = pairs.iter().filter(|(name, _)| !is_taken(name));
            map(member, value, free)
        }
        _ => own.next().map(|text| scalar(member, member, TimestampFormat::Iso8601, text)).transpose(),
    }
}

fn map<'a>(
    member: &Member,
    value: &Member,
    pairs: impl Iterator<Item = &'a (String, String)>,
) -> Result<Option<Value>, Error> {
    let mut entries: BTreeMap<String, Value> = BTreeMap::new();
    for (name, text) in pairs {
        match &value.schema.kind {
            Kind::List { member: element } => {
                let one = scalar(member, element, TimestampFormat::Iso8601, text)?;
                match entries.entry(name.clone()).or_insert_with(|| Value::List(Vec::new())) {
                    Value::List(values) => values.push(one),
                    _ => continue,
                }
            }
            _ => {
                let one = scalar(member, value, TimestampFormat::Iso8601, text)?;
                entries.entry(name.clone()).or_insert(one);
            }
        }
    }
    Ok((!entries.is_empty()).then(|| Value::Map(entries.into_iter().collect())))
}

fn from_header(member: &Member, text: &str) -> Result<Value, Error> {
    match &member.schema.kind {
        Kind::List { member: element } => {
            let pieces = text.split(',').map(str::trim).filter(|piece| !piece.is_empty());
            let values: Result<Vec<_>, _> =
                pieces.map(|piece| scalar(member, element, TimestampFormat::Rfc822, piece)).collect();
            values.map(Value::List)
        }
        _ => scalar(member, member, TimestampFormat::Rfc822, text.trim()),
    }
}

/// A map of the headers that begin with the member's name; their names go on without it.
fn prefixed(member: &Member, parts: &Parts<'_>) -> Value {
    let prefix = member.wire_name.to_ascii_lowercase();
    let named = parts.headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix(&prefix)?;
        Some((name.to_owned(), Value::String(value.to_str().ok()?.to_owned())))
    });
    Value::Map(named.collect())
}

/// The member that is the whole body. An empty body is none.
fn payload(member: &Member, body: &[u8]) -> Result<Option<Value>, Error> {
    if body.is_empty() {
        return Ok(None);
    }
    match &member.schema.kind {
        Kind::Blob => Ok(Some(Value::Blob(bytes::Bytes::copy_from_slice(body)))),
        Kind::String => match std::str::from_utf8(body) {
            Ok(text) => Ok(Some(Value::String(text.to_owned()))),
            Err(_) => Err(malformed(member, "a text in UTF-8")),
        },
        _ => json::decode::decode(member.schema, body).map(Some),
    }
}
