//! Generated code is what a fresh generation writes: nothing was edited, forgotten or left over.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use crate::codegen;

pub fn findings(root: &Path) -> Result<Vec<String>> {
    let fresh = codegen::generate(root)?;
    let found = codegen::existing(&codegen::source(root))?;
    let paths: BTreeSet<_> = fresh.keys().chain(found.keys()).collect();
    Ok(paths
        .into_iter()
        .filter(|path| fresh.get(*path) != found.get(*path))
        .map(|path| format!("crates/api/src/{} is not what `cargo xtask codegen` writes", path.display()))
        .collect())
}
