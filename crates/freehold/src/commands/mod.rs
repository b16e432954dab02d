//! One file per command.

pub mod bill;
pub mod demo;
pub mod doctor;
pub mod down;
pub mod elb_node;
pub mod env;
pub mod image;
pub mod lambda;
pub mod lambda_node;
pub mod logs;
pub mod prices;
pub mod reset;
pub mod spot;
pub mod status;
mod tail;
pub mod up;

use std::future::Future;

use anyhow::{Context, Result};

use crate::data_dir::DataDir;
use crate::pid_file::Record;

/// Runs a short piece of asynchronous work to its end on this thread.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("the runtime")?.block_on(work)
}

/// The region that runs on this data directory.
fn running(data: &DataDir) -> Result<Record> {
    Record::of_running(&data.pid_file())
        .with_context(|| format!("no region runs on {}; start one with freehold up", data.path().display()))
}

/// Prints a value as indented JSON on standard output.
fn print_json(value: &impl serde::Serialize) -> Result<()> {
    print_out(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Prints a result. A reader that has seen enough (`| head`) is no failure.
fn print_out(text: &str) -> Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("standard output"),
        _ => Ok(()),
    }
}
