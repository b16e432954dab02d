//! `freehold demo`: see [`crate::demo`].

use std::path::PathBuf;

use anyhow::Result;

use super::block_on;
use crate::cli;
use crate::data_dir::DataDir;
use crate::demo;

pub fn run(data_dir: Option<PathBuf>, options: cli::Demo) -> Result<()> {
    block_on(demo::run(DataDir::new(data_dir)?, &options))
}
