//! `freehold demo`: a walk through a region as any client would take it, over the public, signed API and with the
//! stock `ssh`. Each step shows what to type to do the same by hand. Whatever happens, and on Ctrl-C too, what the
//! demo made is removed again.

mod host;
mod made;
mod probe;
mod screen;
mod tour;

use std::time::Instant;

use anyhow::{Result, bail};
use freehold_client::Client;
use freehold_core::DEFAULT_REGION;

use crate::cli;
use crate::commands::env::credentials;
use crate::data_dir::DataDir;
use crate::terminal::note;
use host::Host;
use made::Made;
use screen::Screen;

/// Runs the whole demo against the region of `data`, or one of its own if none runs there.
pub async fn run(data: DataDir, options: &cli::Demo) -> Result<()> {
    let started = Instant::now();
    let screen = Screen::new();
    let host = Host::find_or_start(data, options.machines, &screen).await?;
    let outcome = walk(&host, options, &screen).await;
    let ended = if options.keep { host.keep() } else { host.end() };
    outcome.and(ended)?;
    screen.done(started.elapsed());
    Ok(())
}

async fn walk(host: &Host, options: &cli::Demo, screen: &Screen) -> Result<()> {
    let client = Client {
        server: host.record.endpoint.trim_start_matches("http://").parse()?,
        credentials: credentials(&host.data, Some(&host.record))?,
        region: DEFAULT_REGION.into(),
    };
    let mut made = Made::new(client)?;
    let toured = tokio::select! {
        toured = tour::run(&mut made, host, screen) => toured,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    if options.keep {
        made.keep_key();
        note(&format!("kept: {}", made.describe()));
        return toured;
    }
    let cleaned = tour::clean_up(&mut made, screen).await;
    match (toured, cleaned) {
        (Err(error), Err(left)) => bail!("{error:#}; and then cleaning up failed: {left:#}"),
        (toured, cleaned) => toured.and(cleaned),
    }
}
