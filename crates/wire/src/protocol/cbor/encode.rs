//! Values as CBOR. Lengths are always announced, numbers of a fraction always have 64 bits.

use crate::schema::{Kind, Member, View};

/// Writes the members of a structure that have a value, as a map.
pub fn structure(out: &mut Vec<u8>, members: &[Member], value: View<'_>) {
    let View::Structure(values) = value else { return map(out, 0) };
    let mut count = 0;
    values.each(&mut |value| count += u64::from(value.is_some()));
    map(out, count);
    let mut members = members.iter();
    values.each(&mut |value| {
        if let (Some(member), Some(value)) = (members.next(), value) {
            text(out, member.name);
            content(out, member, value);
        }
    });
}

fn content(out: &mut Vec<u8>, member: &Member, value: View<'_>) {
    match (&member.schema.kind, value) {
        (Kind::Structure { members }, value) => structure(out, members, value),
        (Kind::List { member: element }, View::List(values)) => {
            let mut count = 0;
            values.each(&mut |value| count += u64::from(value.is_some()));
            head(out, 4, count);
            values.each(&mut |value| {
                if let Some(value) = value {
                    content(out, element, value);
                }
            });
        }
        (Kind::Map { value: element, .. }, View::Map(entries)) => {
            let mut count = 0;
            entries.each(&mut |_, _| count += 1);
            map(out, count);
            entries.each(&mut |name, value| {
                text(out, name);
                content(out, element, value);
            });
        }
        (_, value) => scalar(out, value),
    }
}

fn scalar(out: &mut Vec<u8>, value: View<'_>) {
    match value {
        View::String(value) => text(out, value),
        View::Boolean(value) => out.push(if value { 0xf5 } else { 0xf4 }),
        View::Integer(value) if value < 0 => head(out, 1, (-1 - value).cast_unsigned()),
        View::Integer(value) => head(out, 0, value.cast_unsigned()),
        View::Float(value) => float(out, value),
        View::Blob(value) => {
            head(out, 2, value.len() as u64);
            out.extend_from_slice(value);
        }
        View::Timestamp(value) => {
            // Milliseconds are what AWS keeps.
            head(out, 6, 1);
            float(out, value.as_millisecond() as f64 / 1000.0);
        }
        // The schema says that this is a scalar, and types are made by the schema.
        View::List(_) | View::Map(_) | View::Structure(_) => out.push(0xf6),
    }
}

fn float(out: &mut Vec<u8>, value: f64) {
    out.push(0xfb);
    out.extend_from_slice(&value.to_be_bytes());
}

/// Writes the head of a map.
pub fn map(out: &mut Vec<u8>, entries: u64) {
    head(out, 5, entries);
}

pub fn text(out: &mut Vec<u8>, value: &str) {
    head(out, 3, value.len() as u64);
    out.extend_from_slice(value.as_bytes());
}

/// Writes a major type with its argument, in the fewest bytes.
fn head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..=23 => out.push(major | argument as u8),
        24..=0xff => out.extend_from_slice(&[major | 24, argument as u8]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend_from_slice(&bytes[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend_from_slice(&bytes[4..]);
        }
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&bytes);
        }
    }
}
