//! Each model holds the operations of `models/operations.toml`, and exactly the shapes that these reach.

use std::path::Path;

use anyhow::Result;

use crate::model::Model;
use crate::models;
use crate::operations::Operations;

const REMEDY: &str = "run `cargo xtask models`";

pub fn findings(root: &Path) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let operations = Operations::read(root)?;
    for (service, listed) in &operations.services {
        match models::read(root, service) {
            Ok(model) => findings.extend(compare(service, &listed.operations, model)?),
            Err(error) => findings.push(format!("{error:#}: {REMEDY}")),
        }
    }
    for entry in std::fs::read_dir(root.join("models"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let service = name.strip_suffix(".json");
        if service.is_some_and(|service| !operations.services.contains_key(service)) {
            findings.push(format!("models/{name} belongs to no service of models/operations.toml"));
        }
    }
    Ok(findings)
}

fn compare(service: &str, listed: &[String], model: Model) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    if !listed.is_sorted() {
        findings.push(format!("models/operations.toml: the operations of {service} are not sorted"));
    }
    let mut wanted = listed.to_vec();
    wanted.sort();
    let has: Vec<String> = model.operations.keys().cloned().collect();
    if wanted != has {
        findings.push(format!("models/{service}.json does not hold the operations listed: {REMEDY}"));
        return Ok(findings);
    }
    let shapes: Vec<String> = model.shapes.keys().cloned().collect();
    let reached = models::strip(model, listed)?;
    if shapes != reached.shapes.keys().cloned().collect::<Vec<_>>() {
        findings.push(format!("models/{service}.json holds shapes that nothing reaches: {REMEDY}"));
    }
    Ok(findings)
}
