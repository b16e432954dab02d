//! `freehold up`: starts the region, here or detached.

use std::io::{BufReader, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::announce::{self, Message};
use crate::cli;
use crate::data_dir::DataDir;
use crate::pid_file::Record;
use crate::region;
use crate::terminal::note;

pub fn run(data_dir: Option<PathBuf>, options: cli::Up) -> Result<()> {
    let data = DataDir::new(data_dir)?;
    data.create()?;
    if options.detach {
        return detach(&data);
    }
    let announced = options.announce;
    if announced {
        // A session and a directory of its own: closing the terminal does not end the region, and the region
        // keeps nothing mounted.
        let _ = rustix::process::setsid();
        let _ = std::env::set_current_dir("/");
    }
    let outcome = serve(&data, &options);
    if let (true, Err(error)) = (announced, &outcome) {
        announce::send(&Message::Failed(format!("{error:#}")));
    }
    outcome
}

/// Serves until told to end.
fn serve(data: &DataDir, options: &cli::Up) -> Result<()> {
    let Some(_lock) = data.try_lock()? else {
        match Record::of_running(&data.pid_file()) {
            Some(other) => bail!(
                "a region already runs on {} (pid {}, {}); end it with freehold down",
                data.path().display(),
                other.pid,
                other.endpoint
            ),
            None => bail!("{} is in use by another freehold that is starting or cleaning up", data.path().display()),
        }
    };
    crate::logging::start();
    // Two threads serve; what blocks (the disk, programs of the host) goes to threads that end when idle.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(64)
        .enable_all()
        .build()
        .context("the runtime cannot be made")?;
    let outcome = runtime.block_on(region::serve(data, options));
    runtime.shutdown_background();
    outcome
}

/// Runs this program again, detached from the terminal, and waits until it serves or has said why not.
fn detach(data: &DataDir) -> Result<()> {
    let path = data.log();
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("the log {} cannot be written", path.display()))?;
    let program = std::env::current_exe().context("the path of this program")?;
    let arguments = std::env::args_os().skip(1).filter(|argument| argument != "--detach");
    let mut child = Command::new(program)
        .args(arguments)
        .arg("--announce")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .context("the control plane cannot be started")?;
    let pipe = child.stdout.take().map_or_else(|| Box::new(std::io::empty()) as Box<dyn Read>, |pipe| Box::new(pipe));
    match announce::receive(BufReader::new(pipe), note) {
        Ok(()) => {
            note(&format!("it goes on in the background (pid {}) and logs to {}", child.id(), path.display()));
            Ok(())
        }
        Err(Some(reason)) => bail!(reason),
        Err(None) => {
            let status = child.wait().context("the control plane")?;
            bail!("the control plane ended before it served ({status}); see {}", path.display())
        }
    }
}
