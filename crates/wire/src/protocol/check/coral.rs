//! The words of AWS's other services, which count everything that is wrong and tell it at once.

use super::path::Path;
use super::show::show;
use super::walk::{self, Stop};
use super::{Rule, Violation};
use crate::Error;
use crate::schema::{Kind, Schema, Value};

/// A message of more violations than this would help nobody.
const MOST: usize = 10;

/// Checks a value; `code` is the error's, which differs between protocols.
pub fn coral(code: &'static str, schema: &'static Schema, value: &Value) -> Result<(), Error> {
    let mut messages: Vec<String> = Vec::new();
    let mut collect = |violation: Violation<'_>| {
        let message = worded(&violation);
        // Elements of one list that violate the same rule read the same.
        if !messages.contains(&message) {
            messages.push(message);
        }
        if messages.len() < MOST { Ok(()) } else { Err(Stop) }
    };
    // Stopping early and reaching the end tell the same: what was found.
    let _ = walk::members(schema.members(), value, &Path::Root, &mut collect);
    let count = messages.len();
    if count == 0 {
        return Ok(());
    }
    let errors = if count == 1 { "error" } else { "errors" };
    Err(Error::sender(code, format!("{count} validation {errors} detected: {}", messages.join("; "))))
}

fn worded(violation: &Violation<'_>) -> String {
    let Violation { path, member, value, rule } = violation;
    // An element of a list of scalars is told of as the list.
    let scalar = !matches!(member.schema.kind, Kind::Structure { .. } | Kind::List { .. } | Kind::Map { .. });
    let (place, demand) = match path {
        Path::Element(list, _) if scalar => (*list, format!("Member must satisfy constraint: [{}]", demand(rule))),
        Path::Entry(map, _) if scalar && member.wire_name == "key" => {
            (*map, format!("Map keys must satisfy constraint: [{}]", demand(rule)))
        }
        Path::Entry(map, _) if scalar => (*map, format!("Map value must satisfy constraint: [{}]", demand(rule))),
        path => (*path, demand(rule)),
    };
    let shown = match value {
        None => " null".to_owned(),
        Some(_) if member.schema.sensitive => String::new(),
        Some(value) => format!(" '{}'", show(member, value)),
    };
    format!("Value{shown} at '{}' failed to satisfy constraint: {demand}", place.coral())
}

fn demand(rule: &Rule) -> String {
    match rule {
        Rule::Required => "Member must not be null".to_owned(),
        Rule::LengthAtLeast(min) => format!("Member must have length greater than or equal to {min}"),
        Rule::LengthAtMost(max) => format!("Member must have length less than or equal to {max}"),
        Rule::ValueAtLeast(min) => format!("Member must have value greater than or equal to {min}"),
        Rule::ValueAtMost(max) => format!("Member must have value less than or equal to {max}"),
        Rule::OneOf(values) => format!("Member must satisfy enum value set: [{}]", values.join(", ")),
        Rule::Matches(pattern) => format!("Member must satisfy regular expression pattern: {}", pattern.text),
    }
}
