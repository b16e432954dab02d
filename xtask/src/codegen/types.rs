//! Types: a struct per structure, every member optional.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};

use crate::codegen::service::Context;
use crate::codegen::{Files, HEADER, names};
use crate::model::Shape;

pub fn generate(context: &Context<'_>, files: &mut Files) -> Result<()> {
    let structures = || context.reached().filter(|(_, shape)| shape.kind == "structure");
    names::distinct(structures().map(|(name, _)| names::type_name(name)))?;
    let mut letters: BTreeMap<char, String> = BTreeMap::new();
    for (name, shape) in structures() {
        names::distinct(shape.members.keys().map(|member| names::field(member))).with_context(|| name.to_owned())?;
        *letters.entry(names::file(name)).or_default() += &structure(context, name, shape);
    }
    let mut module = format!(
        "{HEADER}//! The structures of this service, by first letter.\n\n\
         #[allow(unused_imports)]\nuse std::collections::BTreeMap;\n\n\
         #[allow(unused_imports)]\nuse bytes::Bytes;\n\
         #[allow(unused_imports)]\nuse jiff::Timestamp;\n\n\
         use super::schemas;\n\n"
    );
    for letter in letters.keys() {
        module += &format!("mod {letter};\n");
    }
    module += "\n";
    for letter in letters.keys() {
        module += &format!("pub use {letter}::*;\n");
    }
    for (letter, text) in letters {
        let path = format!("{}/types/{letter}.rs", context.service);
        files.insert(path.into(), format!("{HEADER}use super::*;\n{text}"));
    }
    files.insert(format!("{}/types/mod.rs", context.service).into(), module);
    Ok(())
}

fn structure(context: &Context<'_>, name: &str, shape: &Shape) -> String {
    let type_name = names::type_name(name);
    let mut text = format!("\n#[derive(Debug, Clone, Default, PartialEq)]\npub struct {type_name} {{");
    let mut fields = String::new();
    for (member, reference) in &shape.members {
        let field = names::field(member);
        let mut field_type = rust_type(context, &reference.shape);
        if contains(context, &reference.shape, name, &mut BTreeSet::new()) {
            field_type = format!("Box<{field_type}>");
        }
        text += &format!("\n    pub {field}: Option<{field_type}>,");
        fields += &format!("\n    {field},");
    }
    let end = if shape.members.is_empty() { "" } else { "\n" };
    text += &format!("{end}}}\n\nshape!({type_name}, schemas::{} {{{fields}{end}}});\n", context.static_name(name));
    text
}

fn rust_type(context: &Context<'_>, name: &str) -> String {
    let shape = context.shape(name);
    let inner = |reference: &Option<crate::model::Reference>| {
        reference.as_ref().map(|reference| rust_type(context, &reference.shape)).unwrap_or_default()
    };
    match shape.kind.as_str() {
        "structure" => names::type_name(name),
        "list" => format!("Vec<{}>", inner(&shape.member)),
        "map" => format!("BTreeMap<String, {}>", inner(&shape.value)),
        _ => match kind(shape) {
            "Boolean" => "bool",
            "Integer" => "i32",
            "Long" => "i64",
            "Float" => "f32",
            "Double" => "f64",
            "Blob" => "Bytes",
            "Timestamp" => "Timestamp",
            _ => "String",
        }
        .to_owned(),
    }
}

/// The `Kind` of a scalar.
pub fn kind(shape: &Shape) -> &'static str {
    match shape.kind.as_str() {
        "boolean" => "Boolean",
        "integer" => "Integer",
        "long" => "Long",
        "float" => "Float",
        "double" => "Double",
        "blob" => "Blob",
        "timestamp" => "Timestamp",
        _ => "String",
    }
}

/// Whether a value of `outer` holds one of `inner` without a list or map between, which Rust needs a box for.
fn contains<'a>(context: &Context<'a>, outer: &'a str, inner: &str, seen: &mut BTreeSet<&'a str>) -> bool {
    let shape = context.shape(outer);
    shape.kind == "structure"
        && (outer == inner
            || seen.insert(outer) && shape.members.values().any(|member| contains(context, &member.shape, inner, seen)))
}
