//! `freehold lambda-node` keeps the execution environments of functions, and `freehold lambda-sandbox` forks their sandboxes;
//! see [`freehold_functions`]. The region starts the one, that the other, and both go on without the region.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use freehold_functions::node::{self, Options};

use crate::data_dir::DataDir;
use crate::{cli, logging};

pub fn run(data_dir: Option<PathBuf>, options: &cli::LambdaNode) -> Result<()> {
    logging::start();
    let data = DataDir::new(data_dir)?;
    // By its descriptor's name, not its path: an upgrade may put another program there.
    let forker = (PathBuf::from("/proc/self/exe"), vec!["lambda-sandbox".to_owned()]);
    let mut wanted = Options::new(data.path().to_owned(), forker);
    wanted.idle = Duration::from_secs(options.idle);
    wanted.port = options.port;
    node::run(wanted).with_context(|| format!("the node of functions in {}", data.path().display()))
}

/// The process must have one thread.
pub fn run_forker() -> Result<()> {
    logging::start();
    Ok(freehold_machine::sandbox::run_forker()?)
}
