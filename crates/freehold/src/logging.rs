//! Logs go to standard error. `FREEHOLD_LOG` sets what is logged, as a level and levels of parts: `debug`,
//! `info,freehold_machine=trace`.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging for this process. A filter that cannot be read is reported and replaced by the default.
pub fn start() {
    let wanted = std::env::var("FREEHOLD_LOG").unwrap_or_default();
    let usual = Targets::new().with_default(LevelFilter::INFO);
    let (filter, complaint) = match wanted.parse::<Targets>() {
        _ if wanted.is_empty() => (usual, None),
        Ok(filter) => (filter, None),
        Err(error) => (usual, Some(error)),
    };
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colour).with_target(false);
    // A line that cannot be written (the disk of the log is full) is lost. Complaining about it on the same full disk would
    // end the thread that logged.
    let lines = lines.log_internal_errors(false);
    // Fails only if the process logs already, which is as good.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
    if let Some(error) = complaint {
        tracing::warn!("FREEHOLD_LOG={wanted} cannot be read ({error}); logging info and above");
    }
}
