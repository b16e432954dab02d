//! Values as messages show them, the way that Java prints collections.

use std::fmt::Write;

use crate::schema::{Kind, Member, Value};

/// Longer values are cut.
const LONGEST: usize = 1024;

pub fn show(member: &'static Member, value: &Value) -> String {
    let mut text = String::new();
    append(&mut text, member, value);
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push_str("...");
    }
    text
}

fn append(text: &mut String, member: &'static Member, value: &Value) {
    if text.len() > LONGEST * 4 {
        return;
    }
    if member.schema.sensitive {
        text.push_str("*** Sensitive Data Redacted ***");
        return;
    }
    // Writing to a string cannot fail.
    let _ = match (&member.schema.kind, value) {
        (_, Value::String(value)) => write!(text, "{value}"),
        (_, Value::Boolean(value)) => write!(text, "{value}"),
        (_, Value::Integer(value)) => write!(text, "{value}"),
        (_, Value::Float(value)) => write!(text, "{value}"),
        (_, Value::Timestamp(value)) => write!(text, "{value}"),
        (_, Value::Blob(value)) => write!(text, "java.nio.HeapByteBuffer[pos=0 lim={0} cap={0}]", value.len()),
        (Kind::List { member: element }, Value::List(values)) => {
            wrapped(text, ['[', ']'], values.iter(), |text, value| append(text, element, value));
            Ok(())
        }
        (Kind::Map { value: member, .. }, Value::Map(entries)) => {
            wrapped(text, ['{', '}'], entries.iter(), |text, (key, value)| {
                text.push_str(key);
                text.push('=');
                append(text, member, value);
            });
            Ok(())
        }
        (Kind::Structure { members }, Value::Structure(values)) => {
            text.push_str(member.schema.name);
            let present = members.iter().zip(values).filter_map(|(member, value)| Some((member, value.as_ref()?)));
            wrapped(text, ['(', ')'], present, |text, (member, value)| {
                text.push_str(&super::path::uncapitalised(member.name));
                text.push('=');
                append(text, member, value);
            });
            Ok(())
        }
        _ => Ok(()),
    };
}

fn wrapped<T>(
    text: &mut String,
    [open, close]: [char; 2],
    values: impl Iterator<Item = T>,
    each: impl Fn(&mut String, T),
) {
    text.push(open);
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        each(text, value);
    }
    text.push(close);
}
