//! `freehold`: a region of your own. This file is the table of contents: each command is a file in
//! [`commands`], the region is put together in [`region`], and everything else is in the library crates.

mod announce;
mod cli;
mod commands;
mod data_dir;
mod demo;
mod local_api;
mod logging;
mod pid_file;
mod region;
mod status;
mod terminal;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let data_dir = cli.data_dir;
    let outcome = match cli.command {
        Command::Up(options) => commands::up::run(data_dir, options),
        Command::Down(options) => commands::down::run(data_dir, options),
        Command::Status(options) => commands::status::run(data_dir, options),
        Command::Env(options) => commands::env::run(data_dir, options),
        Command::Doctor(options) => commands::doctor::run(data_dir, options),
        Command::Demo(options) => commands::demo::run(data_dir, options),
        Command::Reset(options) => commands::reset::run(data_dir, options),
        Command::Logs(options) => commands::logs::run(data_dir, options),
        Command::Bill(options) => commands::bill::run(data_dir, options),
        Command::Prices(command) => commands::prices::run(data_dir, command),
        Command::Spot(command) => commands::spot::run(data_dir, command),
        Command::ElbNode(options) => commands::elb_node::run(&options),
        Command::Lambda(command) => commands::lambda::run(data_dir, command),
        Command::LambdaNode(options) => commands::lambda_node::run(data_dir, &options),
        Command::LambdaSandbox => commands::lambda_node::run_forker(),
        Command::Image(command) => commands::image::run(data_dir, command),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::error(&error);
            ExitCode::FAILURE
        }
    }
}
