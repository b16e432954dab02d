//! `freehold status`: what runs, what was asked for, what there is room for.

use std::path::PathBuf;

use anyhow::Result;
use freehold_client::get_json;

use super::{block_on, print_json, print_out, running};
use crate::cli;
use crate::data_dir::DataDir;
use crate::status::Status;
use crate::terminal::{colour_on_stdout, duration, paint, table};

pub fn run(data_dir: Option<PathBuf>, options: cli::Status) -> Result<()> {
    let record = running(&DataDir::new(data_dir)?)?;
    let server = record.endpoint.trim_start_matches("http://").parse()?;
    if options.json {
        let status: serde_json::Value = block_on(get_json(server, "/_freehold/status"))?;
        return print_json(&status);
    }
    let status: Status = block_on(get_json(server, "/_freehold/status"))?;
    print_out(&page(&status))
}

/// The status as a page of text.
fn page(status: &Status) -> String {
    let head = |text: &str| format!("\n{}\n", paint(colour_on_stdout(), "1", text));
    let mut text = table(&rows(&[
        ("endpoint", status.endpoint.clone()),
        ("console", status.console.clone()),
        ("version", status.version.clone()),
        ("up for", format!("{} (pid {})", duration(status.uptime_seconds), status.pid)),
        ("machines", format!("{}: {}", status.machines.driver, status.machines.reason)),
        ("services", status.services.join(" ")),
        ("data", status.data_dir.clone()),
        ("TLS", format!("on the same port, for clients that trust {}", status.ca_file)),
    ]));
    if let Some(capacity) = &status.capacity {
        let promised = format!("{} vCPUs and {} MiB in all: {}", capacity.vcpus, capacity.memory_mib, capacity.policy);
        text.push_str(&table(&rows(&[("capacity", promised)])));
    }
    for (name, counted) in [("Instances", &status.instances), ("Load balancers", &status.balancers)] {
        let rows: Vec<_> = counted.iter().map(|(state, n)| vec![state.clone(), n.to_string()]).collect();
        text.push_str(&head(name));
        text.push_str(&if rows.is_empty() { "none\n".to_owned() } else { table(&rows) });
    }
    text.push_str(&head("Reconcilers"));
    let mut reconcilers =
        vec![["name", "activations", "last", "took", "pending", "failures", "last failure"].map(String::from).to_vec()];
    reconcilers.extend(status.reconcilers.iter().map(|one| {
        vec![
            one.name.clone(),
            one.activations.to_string(),
            one.last_started.map_or("never".into(), |at| at.strftime("%F %T").to_string()),
            one.last_took_ms.map_or(String::new(), |took| format!("{took} ms")),
            one.pending.to_string(),
            one.failures.to_string(),
            one.last_error.clone().unwrap_or_default(),
        ]
    }));
    text.push_str(&table(&reconcilers));
    if !status.unknown_operations.is_empty() {
        text.push_str(&head("Asked for and not there"));
        let asked = status.unknown_operations.iter();
        let rows: Vec<_> =
            asked.map(|one| vec![format!("{}:{}", one.service, one.operation), one.count.to_string()]).collect();
        text.push_str(&table(&rows));
    }
    text
}

/// Pairs of a name (in a column of one width over all tables of the page) and a value.
fn rows(pairs: &[(&str, String)]) -> Vec<Vec<String>> {
    pairs.iter().map(|(name, value)| vec![format!("{name:10}"), value.clone()]).collect()
}
