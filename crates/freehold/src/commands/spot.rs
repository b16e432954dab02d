//! `freehold spot interrupt ID`: what AWS does when it needs the room of a Spot instance, or recommends to replace it.

use std::path::PathBuf;

use anyhow::Result;
use freehold_client::post_json;
use jiff::Timestamp;
use serde::Deserialize;

use super::{block_on, print_out, running};
use crate::cli;
use crate::data_dir::DataDir;

/// What the region will do.
#[derive(Deserialize)]
struct Interrupted {
    request: String,
    action: String,
    at: Timestamp,
    notice: Timestamp,
}

#[derive(Deserialize)]
struct Recommended {
    rebalance: Timestamp,
}

pub fn run(data_dir: Option<PathBuf>, command: cli::Spot) -> Result<()> {
    let cli::Spot::Interrupt { id, after, rebalance } = command;
    let data = DataDir::new(data_dir)?;
    let server = running(&data)?.endpoint.trim_start_matches("http://").parse()?;
    let time = |at: Timestamp| at.strftime("%FT%TZ").to_string();
    if rebalance {
        let ask = serde_json::json!({ "instance": id, "rebalance": true });
        let said: Recommended = block_on(post_json(server, "/_freehold/spot", &ask))?;
        return print_out(&format!("{id} is recommended to be replaced since {}\n", time(said.rebalance)));
    }
    let ask = serde_json::json!({ "instance": id, "after_seconds": after });
    let said: Interrupted = block_on(post_json(server, "/_freehold/spot", &ask))?;
    let Interrupted { request, action, at, notice } = said;
    let verb = if action == "stop" { "stopped" } else { "terminated" };
    print_out(&format!("{id} ({request}) is {verb} at {}; it is told from {}\n", time(at), time(notice)))
}
