//! `cargo xtask models`: takes the models of the pinned botocore and keeps what Freehold needs of them.

mod fetch;
mod query;
mod strip;
mod write;

use std::path::Path;

use anyhow::{Context, Result};

use crate::model::Model;
use crate::operations::Operations;

pub use strip::strip;

pub fn run(root: &Path) -> Result<()> {
    let operations = Operations::read(root)?;
    let wheel = fetch::Wheel::download(&operations.botocore, &operations.sha256)?;
    for (name, service) in &operations.services {
        let text = wheel.model(name, &service.version)?;
        let model: Model = serde_json::from_str(&text).with_context(|| format!("reading botocore's {name}"))?;
        let mut model = strip(model, &service.operations).with_context(|| format!("stripping {name}"))?;
        model.metadata.path_member.clone_from(&service.path_member);
        model.metadata.missing.clone_from(&service.missing);
        model.metadata.invalid.clone_from(&service.invalid);
        model.metadata.error_detail = service.error_detail;
        if let Some(older) = &service.query {
            let text = fetch::Wheel::download(&older.botocore, &older.sha256)?.model(name, &service.version)?;
            let older: Model = serde_json::from_str(&text).with_context(|| format!("reading the older {name}"))?;
            query::overlay(&mut model, &older);
        }
        strip::open(&mut model, &service.open).with_context(|| format!("stripping {name}"))?;
        let path = root.join(format!("models/{name}.json"));
        std::fs::write(&path, write::pretty(&model)?).with_context(|| format!("writing {}", path.display()))?;
        println!("{name}: {} operations, {} shapes", model.operations.len(), model.shapes.len());
    }
    Ok(())
}

/// Reads what [`run`] wrote.
pub fn read(root: &Path, service: &str) -> Result<Model> {
    let path = root.join(format!("models/{service}.json"));
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))
}
