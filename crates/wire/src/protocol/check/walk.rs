//! The walk over a value and its schema.

use super::path::Path;
use super::{Rule, Violation};
use crate::schema::{Constraint, Kind, Member, Schema, Value};

/// Calls `found` for each violation, in the order of the schema, until it says stop.
pub fn members<F>(members: &'static [Member], value: &Value, path: &Path<'_>, found: &mut F) -> Result<(), Stop>
where
    F: FnMut(Violation<'_>) -> Result<(), Stop>,
{
    let Value::Structure(values) = value else { return Ok(()) };
    for (member, value) in members.iter().zip(values) {
        match value {
            Some(value) => walk(member, value, &Path::Member(path, member), found)?,
            None if member.required => {
                let path = &Path::Member(path, member);
                found(Violation { path, member, value: None, rule: Rule::Required })?;
            }
            None => {}
        }
    }
    Ok(())
}

/// Enough violations were found.
#[derive(Debug)]
pub struct Stop;

fn walk<F>(member: &'static Member, value: &Value, path: &Path<'_>, found: &mut F) -> Result<(), Stop>
where
    F: FnMut(Violation<'_>) -> Result<(), Stop>,
{
    let schema = member.schema;
    if !schema.constraint.is_none() {
        for rule in violated(schema, value).into_iter().flatten() {
            found(Violation { path, member, value: Some(value), rule })?;
        }
    }
    match (&schema.kind, value) {
        (Kind::Structure { members: inner }, value) => members(inner, value, path, found),
        (Kind::List { member: element }, Value::List(values)) => {
            for (index, value) in values.iter().enumerate() {
                walk(element, value, &Path::Element(path, index), found)?;
            }
            Ok(())
        }
        (Kind::Map { key, value: element }, Value::Map(entries)) => {
            for (name, value) in entries {
                let path = Path::Entry(path, name);
                if !key.schema.constraint.is_none() {
                    let name = Value::String(name.clone());
                    walk(key, &name, &path, found)?;
                }
                walk(element, value, &path, found)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What of its constraint a value violates.
fn violated(schema: &Schema, value: &Value) -> [Option<Rule>; 3] {
    let Constraint { min, max, pattern, values } = schema.constraint;
    match value {
        Value::String(text) => {
            // Counting characters is only needed where bytes do not decide.
            let length = || if text.is_ascii() { text.len() } else { text.chars().count() };
            let length = if min.is_some() || max.is_some() { length() as i64 } else { 0 };
            let unknown = !values.is_empty() && values.binary_search(&text.as_str()).is_err();
            let odd = pattern.filter(|pattern| !pattern.is_match(text)).map(Rule::Matches);
            [out_of_length(min, max, length), odd, unknown.then_some(Rule::OneOf(values))]
        }
        Value::Blob(bytes) => [out_of_length(min, max, bytes.len() as i64), None, None],
        Value::List(values) => [out_of_length(min, max, values.len() as i64), None, None],
        Value::Map(entries) => [out_of_length(min, max, entries.len() as i64), None, None],
        Value::Integer(number) => {
            let low = min.filter(|min| number < min).map(Rule::ValueAtLeast);
            let high = max.filter(|max| number > max).map(Rule::ValueAtMost);
            [low.or(high), None, None]
        }
        Value::Float(number) => {
            let low = min.filter(|min| *number < *min as f64).map(Rule::ValueAtLeast);
            let high = max.filter(|max| *number > *max as f64).map(Rule::ValueAtMost);
            [low.or(high), None, None]
        }
        Value::Boolean(_) | Value::Timestamp(_) | Value::Structure(_) => [None, None, None],
    }
}

fn out_of_length(min: Option<i64>, max: Option<i64>, length: i64) -> Option<Rule> {
    let short = min.filter(|min| length < *min).map(Rule::LengthAtLeast);
    short.or(max.filter(|max| length > *max).map(Rule::LengthAtMost))
}
