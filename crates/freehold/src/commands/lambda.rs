//! `freehold lambda runtimes`: what functions can be run by on this host, and how it gets there.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use freehold_functions::layout::Layout;
use freehold_functions::runtimes;

use super::{print_json, print_out};
use crate::cli::{Lambda, Runtimes};
use crate::data_dir::DataDir;
use crate::terminal::note;

pub fn run(data_dir: Option<PathBuf>, command: Lambda) -> Result<()> {
    let data = DataDir::new(data_dir)?;
    let layout = Layout::new(data.path());
    match command {
        Lambda::Runtimes(Runtimes::List { json }) => list(&layout, json),
        Lambda::Runtimes(Runtimes::Install { runtimes, into }) => {
            install(into.as_deref().unwrap_or(&layout.runtimes()), &runtimes)
        }
    }
}

fn list(layout: &Layout, json: bool) -> Result<()> {
    let known = runtimes::runtimes(layout);
    if json {
        return print_json(&known);
    }
    let lines = known.runtimes.iter().map(|one| format!("{:<18}{}\n", one.name, one.program).replace(" \n", "\n"));
    print_out(&lines.collect::<String>())
}

fn install(into: &Path, only: &[String]) -> Result<()> {
    let installed = runtimes::install(into, only, |what| note(&format!("installing the client for {what}")))?;
    if installed.is_empty() {
        bail!("there is no interpreter on this host that functions can be run by: Python 3.10 or later, or Node.js");
    }
    note(&format!("functions can have {}", installed.join(", ")));
    Ok(())
}
