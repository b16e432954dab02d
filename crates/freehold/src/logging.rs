//! Logs go to standard error. `FREEHOLD_LOG` sets what is logged, in tracing's syntax: `debug`,
//! `info,freehold_machine=trace`.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging for this process. A filter that cannot be read is reported and replaced by the default.
pub fn start() {
    let wanted = std::env::var("FREEHOLD_LOG").unwrap_or_default();
    let (filter, complaint) = match EnvFilter::try_new(if wanted.is_empty() { "info" } else { &wanted }) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colour);
    // Fails only if the process logs already, which is as good.
    let _ = subscriber.with_target(false).try_init();
    if let Some(error) = complaint {
        tracing::warn!("FREEHOLD_LOG={wanted} cannot be read ({error}); logging info and above");
    }
}
