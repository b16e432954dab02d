//! Chores of the repository: takes AWS's models, generates `crates/api` from them, and checks what reviews forget.

mod check;
mod codegen;
mod model;
mod models;
mod operations;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of the repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Fetch the pinned botocore and write models/<service>.json for the operations of models/operations.toml
    Models,
    /// Write crates/api from models/
    Codegen,
    /// Fail unless generated code is current, models are complete and crates depend downwards only
    Check,
}

fn main() -> ExitCode {
    let root = root();
    let result = match Arguments::parse().chore {
        Chore::Models => models::run(&root),
        Chore::Codegen => codegen::run(&root),
        Chore::Check => check::run(&root),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The repository: the folder above this crate.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}
