//! `cargo xtask check`: what a compiler does not see. Every finding is told before the chore fails.

mod generated;
mod layers;
mod models;

use std::path::Path;

use anyhow::{Result, bail};

pub fn run(root: &Path) -> Result<()> {
    let mut findings = generated::findings(root)?;
    findings.extend(models::findings(root)?);
    findings.extend(layers::findings(root)?);
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("Generated code is current, models are complete, dependencies point down.");
            Ok(())
        }
        1 => bail!("one finding"),
        count => bail!("{count} findings"),
    }
}
