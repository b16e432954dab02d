//! `freehold logs ID`: what a machine's console showed, whether or not a control plane runs.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::block_on;
use crate::cli;
use crate::data_dir::DataDir;
use crate::region::cleanup;

pub fn run(data_dir: Option<PathBuf>, options: cli::Logs) -> Result<()> {
    let data = DataDir::new(data_dir)?;
    let console = block_on(cleanup::console(&data, &options.id))?;
    let mut out = std::io::stdout().lock();
    match out.write_all(&console).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("standard output"),
        _ => Ok(()),
    }
}
