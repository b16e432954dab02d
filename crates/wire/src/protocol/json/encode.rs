//! Values as JSON.

use base64::Engine;

use crate::protocol::text::{self, BASE64};
use crate::protocol::timestamp;
use crate::schema::{Kind, Member, TimestampFormat, Value};

/// Writes the members of a structure that have a value, as an object.
pub fn structure(out: &mut Vec<u8>, members: &[Member], value: &Value) {
    let Value::Structure(values) = value else { return out.extend_from_slice(b"{}") };
    let present = members.iter().zip(values).filter_map(|(member, value)| Some((member, value.as_ref()?)));
    wrapped(out, [b'{', b'}'], present, |out, (member, value)| {
        string(out, member.wire_name);
        out.push(b':');
        content(out, member, value);
    });
}

fn content(out: &mut Vec<u8>, member: &Member, value: &Value) {
    match (&member.schema.kind, value) {
        (Kind::Structure { members }, value) => structure(out, members, value),
        (Kind::List { member: element }, Value::List(values)) => {
            wrapped(out, [b'[', b']'], values.iter(), |out, value| content(out, element, value));
        }
        (Kind::Map { value: element, .. }, Value::Map(entries)) => {
            wrapped(out, [b'{', b'}'], entries.iter(), |out, (key, value)| {
                string(out, key);
                out.push(b':');
                content(out, element, value);
            });
        }
        (kind, value) => scalar(out, kind, member, value),
    }
}

fn scalar(out: &mut Vec<u8>, kind: &Kind, member: &Member, value: &Value) {
    match value {
        Value::String(value) => string(out, value),
        Value::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Integer(value) => text::write_integer(out, *value),
        Value::Float(value) if value.is_nan() => out.extend_from_slice(b"\"NaN\""),
        Value::Float(value) if value.is_infinite() => {
            out.extend_from_slice(if *value > 0.0 { b"\"Infinity\"" } else { b"\"-Infinity\"" });
        }
        Value::Float(value) => text::write_number(out, kind, *value),
        Value::Blob(value) => {
            out.push(b'"');
            out.extend_from_slice(BASE64.encode(value).as_bytes());
            out.push(b'"');
        }
        Value::Timestamp(value) => match member.timestamp.unwrap_or(TimestampFormat::UnixTimestamp) {
            TimestampFormat::UnixTimestamp => timestamp::write_seconds(out, *value),
            TimestampFormat::Iso8601 => quoted(out, |out| timestamp::write_iso8601(out, *value, false)),
            TimestampFormat::Rfc822 => quoted(out, |out| timestamp::write_rfc822(out, *value)),
        },
        // The schema says that this is a scalar, and types are made by the schema.
        Value::List(_) | Value::Map(_) | Value::Structure(_) => out.extend_from_slice(b"null"),
    }
}

/// Writes a string in quotes, escaped.
pub fn string(out: &mut Vec<u8>, text: &str) {
    // Writing a string to a vector cannot fail.
    let _ = serde_json::to_writer(out, text);
}

fn quoted(out: &mut Vec<u8>, write: impl Fn(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

fn wrapped<T>(
    out: &mut Vec<u8>,
    [open, close]: [u8; 2],
    values: impl Iterator<Item = T>,
    each: impl Fn(&mut Vec<u8>, T),
) {
    out.push(open);
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        each(out, value);
    }
    out.push(close);
}
