//! Values as JSON.

use base64::Engine;

use crate::protocol::text::{self, BASE64};
use crate::protocol::timestamp;
use crate::schema::{Kind, Member, TimestampFormat, View};

/// Writes the members of a structure that have a value, as an object.
pub fn structure(out: &mut Vec<u8>, members: &[Member], value: View<'_>) {
    some_members(out, members, value, |_| true);
}

/// The same with only those members that `is_there` says yes to.
pub fn some_members(out: &mut Vec<u8>, members: &[Member], value: View<'_>, is_there: impl Fn(&Member) -> bool) {
    let View::Structure(values) = value else { return out.extend_from_slice(b"{}") };
    let (mut members, mut first) = (members.iter(), true);
    out.push(b'{');
    values.each(&mut |value| {
        if let (Some(member), Some(value)) = (members.next(), value)
            && is_there(member)
        {
            key(out, &mut first, member.wire_name);
            content(out, member, value);
        }
    });
    out.push(b'}');
}

fn content(out: &mut Vec<u8>, member: &Member, value: View<'_>) {
    let mut first = true;
    match (&member.schema.kind, value) {
        (Kind::Structure { members }, value) => structure(out, members, value),
        (Kind::List { member: element }, View::List(values)) => {
            out.push(b'[');
            values.each(&mut |value| {
                if let Some(value) = value {
                    separate(out, &mut first);
                    content(out, element, value);
                }
            });
            out.push(b']');
        }
        (Kind::Map { value: element, .. }, View::Map(entries)) => {
            out.push(b'{');
            entries.each(&mut |name, value| {
                key(out, &mut first, name);
                content(out, element, value);
            });
            out.push(b'}');
        }
        (kind, value) => scalar(out, kind, member, value),
    }
}

fn scalar(out: &mut Vec<u8>, kind: &Kind, member: &Member, value: View<'_>) {
    match value {
        View::String(value) => string(out, value),
        View::Boolean(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        View::Integer(value) => text::write_integer(out, value),
        View::Float(value) if value.is_nan() => out.extend_from_slice(b"\"NaN\""),
        View::Float(value) if value.is_infinite() => {
            out.extend_from_slice(if value > 0.0 { b"\"Infinity\"" } else { b"\"-Infinity\"" });
        }
        View::Float(value) => text::write_number(out, kind, value),
        View::Blob(value) => quoted(out, |out| out.extend_from_slice(BASE64.encode(value).as_bytes())),
        View::Timestamp(value) => match member.timestamp.unwrap_or(TimestampFormat::UnixTimestamp) {
            TimestampFormat::UnixTimestamp => timestamp::write_seconds(out, value),
            TimestampFormat::Iso8601 => quoted(out, |out| timestamp::write_iso8601(out, value, false)),
            TimestampFormat::Rfc822 => quoted(out, |out| timestamp::write_rfc822(out, value)),
        },
        // The schema says that this is a scalar, and types are made by the schema.
        View::List(_) | View::Map(_) | View::Structure(_) => out.extend_from_slice(b"null"),
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

/// Writes a comma, but not before the first.
fn separate(out: &mut Vec<u8>, first: &mut bool) {
    if !std::mem::take(first) {
        out.push(b',');
    }
}

fn key(out: &mut Vec<u8>, first: &mut bool, name: &str) {
    separate(out, first);
    string(out, name);
    out.push(b':');
}
