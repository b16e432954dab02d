//! A model as text with one operation or shape a line, so that a new botocore reads as a short difference.

use anyhow::Result;
use indexmap::IndexMap;
use serde::Serialize;

use crate::model::Model;

pub fn pretty(model: &Model) -> Result<String> {
    let mut text = String::from("{\n");
    text += &format!("\"metadata\": {},\n", serde_json::to_string(&model.metadata)?);
    text += &format!("\"operations\": {{\n{}\n}},\n", lines(&model.operations)?);
    text += &format!("\"shapes\": {{\n{}\n}},\n", lines(&model.shapes)?);
    let names: Result<Vec<_>, _> = model.unsupported.iter().map(serde_json::to_string).collect();
    text += &format!("\"unsupported\": [\n{}\n]", names?.join(",\n"));
    if !model.unsupported_routes.is_empty() {
        text += &format!(",\n\"unsupported_routes\": {{\n{}\n}}", lines(&model.unsupported_routes)?);
    }
    text += "\n}\n";
    Ok(text)
}

fn lines<T: Serialize>(entries: &IndexMap<String, T>) -> Result<String> {
    let lines: Result<Vec<_>, _> = entries
        .iter()
        .map(|(name, entry)| Ok::<_, serde_json::Error>(format!("\"{name}\": {}", serde_json::to_string(entry)?)))
        .collect();
    Ok(lines?.join(",\n"))
}
