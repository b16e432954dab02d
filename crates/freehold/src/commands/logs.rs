//! `freehold logs FUNCTION` and `freehold logs GROUP`: what a function or a log group wrote ([`super::tail`]). `freehold logs
//! i-…`: what a machine's console showed, whether or not a control plane runs. `freehold logs sms`, `push` and `email`: what
//! would have left the region, if there were a network for it.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use freehold_client::get_json;
use freehold_sns::Outgone;
use serde::Deserialize;

use super::{block_on, print_out, running};
use crate::cli;
use crate::data_dir::DataDir;
use crate::region::cleanup;

/// By what messages leave.
const CHANNELS: [&str; 3] = ["sms", "push", "email"];

/// The page `/_freehold/outbox`.
#[derive(Deserialize)]
struct Page {
    messages: Vec<Outgone>,
}

pub fn run(data_dir: Option<PathBuf>, options: cli::Logs) -> Result<()> {
    let data = DataDir::new(data_dir)?;
    let is_channel = CHANNELS.contains(&options.id.as_str());
    if !is_channel && !options.id.starts_with("i-") {
        return super::tail::run(&data, &options);
    }
    if options.follow || options.since.is_some() || options.filter.is_some() {
        bail!("--follow, --since and --filter are for functions and log groups");
    }
    if is_channel {
        return outbox(&data, &options.id);
    }
    let console = block_on(cleanup::console(&data, &options.id))?;
    let mut out = std::io::stdout().lock();
    match out.write_all(&console).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("standard output"),
        _ => Ok(()),
    }
}

/// Prints what the running region has recorded.
fn outbox(data: &DataDir, channel: &str) -> Result<()> {
    let server = running(data)?.endpoint.trim_start_matches("http://").parse()?;
    let page: Page = block_on(get_json(server, &format!("/_freehold/outbox?channel={channel}")))?;
    let shown = |message: &Outgone| {
        let subject = message.subject.as_deref().map(|subject| format!(" \"{subject}\"")).unwrap_or_default();
        let at = message.at.strftime("%F %T");
        let text = message.message.replace('\n', "\n    ");
        format!("{at} account {} to {}{subject}\n    {}\n", message.account, message.to, text.trim_end())
    };
    print_out(&page.messages.iter().map(shown).collect::<String>())
}
