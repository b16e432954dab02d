//! Schemas: a static per shape that is more than a scalar without constraints.

use std::collections::BTreeMap;

use crate::codegen::service::Context;
use crate::codegen::{Files, HEADER, members, names};
use crate::model::Shape;

pub fn generate(context: &Context<'_>, files: &mut Files) {
    let mut letters: BTreeMap<char, String> = BTreeMap::new();
    for (name, shape) in context.reached() {
        if let Some(text) = schema(context, name, shape) {
            *letters.entry(names::file(name)).or_default() += &text;
        }
    }
    let mut module = format!(
        "{HEADER}//! The schemas of this service's shapes, by first letter.\n\n\
         #[allow(unused_imports)]\n\
         use freehold_wire::schema::{{\n    BLOB, BOOLEAN, DOUBLE, FLOAT, INTEGER, Kind, LONG, Location, Pattern, STRING, Schema, TIMESTAMP,\n    \
         TimestampFormat, element, member,\n}};\n\n"
    );
    for letter in letters.keys() {
        module += &format!("mod {letter};\n");
    }
    module += "\n";
    for letter in letters.keys() {
        module += &format!("#[allow(unused_imports)]\npub(super) use {letter}::*;\n");
    }
    for (letter, text) in letters {
        let path = format!("{}/schemas/{letter}.rs", context.service);
        files.insert(path.into(), format!("{HEADER}use super::*;\n{text}"));
    }
    files.insert(format!("{}/schemas/mod.rs", context.service).into(), module);
}

/// The static of a shape; `None` where the shared scalars do.
fn schema(context: &Context<'_>, name: &str, shape: &Shape) -> Option<String> {
    if context.is_plain(shape) {
        return None;
    }
    let item = if context.is_ec2() { "item" } else { "member" };
    let body = match shape.kind.as_str() {
        "structure" => {
            let lines: String = shape
                .members
                .iter()
                .map(|(member, reference)| format!("    {},\n", members::member(context, shape, member, reference)))
                .collect();
            let lines = if lines.is_empty() { lines } else { format!("\n{lines}") };
            format!("Schema::structure({name:?}, &[{lines}])")
        }
        "list" => {
            let element = shape.member.as_ref().map(|member| members::element(context, member, item))?;
            format!("Schema::list({name:?}, &{element})")
        }
        "map" => {
            let key = shape.key.as_ref().map(|key| members::element(context, key, "key"))?;
            let value = shape.value.as_ref().map(|value| members::element(context, value, "value"))?;
            format!("Schema::map({name:?}, &{key}, &{value})")
        }
        _ => format!("Schema::new({name:?}, Kind::{})", super::types::kind(shape)),
    };
    let static_name = context.static_name(name);
    let mut text = String::new();
    let mut tail = String::new();
    if let Some(pattern) = &shape.pattern {
        // A shape may have the very name that the pattern of another would get (logs: LogGroupNamePattern).
        let mut name = format!("{static_name}_PATTERN");
        if context.has_static(&name) {
            name += "_TEXT";
        }
        text += &format!("\nstatic {name}: Pattern = Pattern::new({pattern:?});\n");
        tail += &format!("\n    .pattern(&{name})");
    }
    for (bound, value) in [("min", &shape.min), ("max", &shape.max)] {
        if let Some(value) =
            value.as_ref().and_then(|value| value.as_i64().or(value.as_f64().map(|value| value as i64)))
        {
            tail += &format!("\n    .{bound}({value})");
        }
    }
    if !shape.values.is_empty() {
        // The check searches them by halves: EC2 has more than a thousand instance types.
        let mut values = shape.values.clone();
        values.sort();
        tail += &format!("\n    .values(&[\n{}    ])", lines(&values, 8));
    }
    if shape.sensitive {
        tail += "\n    .sensitive()";
    }
    text += &format!("\npub static {static_name}: Schema = {body}{tail};\n");
    Some(text)
}

/// Strings as a list of literals in lines of at most 120 characters.
pub fn lines(values: &[String], indent: usize) -> String {
    let mut text = String::new();
    let mut line = String::new();
    for value in values {
        let literal = format!("{value:?},");
        if indent + line.len() + 1 + literal.len() > 120 && !line.is_empty() {
            text += &format!("{:indent$}{line}\n", "");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += &literal;
    }
    if !line.is_empty() {
        text += &format!("{:indent$}{line}\n", "");
    }
    text
}
