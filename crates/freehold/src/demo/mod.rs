//! `freehold demo`: a walk through a region as any client would take it, over the public, signed API. Each step shows
//! what to type to do the same by hand. Whatever happens, on Ctrl-C and SIGTERM too, what the demo made is removed again.

mod fleet;
mod host;
mod probe;
mod region;
mod screen;
mod server;

use std::time::Instant;

use anyhow::{Result, bail};
use freehold_client::Client;
use freehold_core::DEFAULT_REGION;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli;
use crate::commands::env::credentials;
use crate::data_dir::DataDir;
use host::Host;
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
    screen.say(&format!("Instances are made of: {} ({})", host.status.machines.driver, host.status.machines.reason));
    screen.say("To type along: eval \"$(freehold env)\"");
    match options.tour {
        cli::Tour::Fleet if host.has_machines() => fleet::take(client, host, options.keep, screen).await,
        cli::Tour::Fleet => {
            screen.say(
                "Machines exist in state only here, and no page comes from there: the tour is that of one server.",
            );
            server::take(client, host, options.keep, screen).await
        }
        cli::Tour::Server => server::take(client, host, options.keep, screen).await,
    }
}

/// Resolves on Ctrl-C, and when something else wants the demo to end.
async fn told_to_end() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// How a tour ended whose things were removed afterwards.
fn removed_after(toured: Result<()>, removed: Result<()>) -> Result<()> {
    match (toured, removed) {
        (Err(error), Err(left)) => bail!("{error:#}; and then cleaning up failed: {left:#}"),
        (toured, removed) => toured.and(removed),
    }
}
