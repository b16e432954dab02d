//! `freehold doctor`.

use std::path::PathBuf;

use anyhow::Result;

use crate::cli;

pub fn run(_data_dir: Option<PathBuf>, _options: cli::Doctor) -> Result<()> {
    Ok(())
}
