//! The keeper: brings configurations into force, checks targets, ends what has drained, and writes the status.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::report;
use super::watch::ConfigFile;
use crate::access_log::Place;
use crate::config::{Config, Kind};
use crate::functions::contract;
use crate::health::Checks;
use crate::http::date;
use crate::snapshot::{Registry, Snapshot, build};
use crate::worker::Shared;

/// How often the keeper looks.
const LOOK: Duration = Duration::from_millis(100);
/// How often the status is written if no target's health changes.
const REPORT: Duration = Duration::from_secs(2);

pub struct Keeper {
    directory: PathBuf,
    file: ConfigFile,
    registry: Registry,
    checks: Checks,
    started: i64,
    /// Why the configuration on disk is not in force.
    unreadable: Option<String>,
    reported: Option<(Instant, u64)>,
}

impl Keeper {
    pub fn new(directory: &Path, workers: usize) -> io::Result<(Keeper, Snapshot)> {
        let mut file = ConfigFile::new(directory);
        let missing = || io::Error::new(io::ErrorKind::NotFound, "there is no config.json");
        let config = file.changed().ok_or_else(missing)??;
        let mut registry = Registry::new(workers);
        let first = build(&config, &mut registry);
        let keeper = Keeper {
            directory: directory.into(),
            file,
            registry,
            checks: Checks::new(directory.join(contract::SOCKET)),
            started: date::now(),
            unreadable: None,
            reported: None,
        };
        Ok((keeper, first))
    }

    /// Never ends by itself.
    pub async fn keep(&mut self, shared: &Shared) {
        self.put_in_force(shared, shared.published.get());
        loop {
            match self.file.changed() {
                Some(Ok(config)) => self.adopt(shared, &config),
                Some(Err(error)) => {
                    tracing::error!("config.json cannot be read, so the last one stays in force: {error}");
                    self.unreadable = Some(format!("config.json: {error}"));
                }
                None => {}
            }
            end_drained(&shared.published.get());
            if self.report_is_due(shared) {
                self.report(shared);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn adopt(&mut self, shared: &Shared, config: &Config) {
        self.unreadable = None;
        let next = Arc::new(build(config, &mut self.registry));
        tracing::info!("revision {} of the configuration is in force", next.revision);
        shared.published.publish(next.clone());
        self.put_in_force(shared, next);
        self.reported = None;
    }

    fn put_in_force(&mut self, shared: &Shared, view: Arc<Snapshot>) {
        self.checks.adapt(&view);
        shared.log.place(view.attributes.access_log.as_ref().map(|log| Place {
            log: log.clone(),
            balancer: view.name.clone(),
            is_compressed: view.kind != Kind::Classic,
            address: view.addresses.first().map_or(Ipv4Addr::UNSPECIFIED, |(ip, _)| *ip),
        }));
    }

    fn report_is_due(&self, shared: &Shared) -> bool {
        match self.reported {
            None => true,
            Some((when, states)) => when.elapsed() >= REPORT || states != states_of(&shared.published.get()),
        }
    }

    pub fn report(&mut self, shared: &Shared) {
        let view = shared.published.get();
        let status = report::status(&view, shared, &self.registry, self.started, self.unreadable.as_deref());
        match report::write(&self.directory, &status) {
            Ok(()) => self.reported = Some((Instant::now(), states_of(&view))),
            Err(error) => tracing::error!("status.json: {error}"),
        }
    }
}

/// Differs if any target's state does.
fn states_of(view: &Snapshot) -> u64 {
    let mut groups: Vec<_> = view.groups.values().collect();
    groups.sort_by(|one, other| one.arn.cmp(&other.arn));
    let mut text = Vec::new();
    for target in groups.iter().flat_map(|group| &group.targets) {
        text.push(target.live.state() as u8);
        text.extend_from_slice(target.live.why().1.as_bytes());
    }
    crate::snapshot::stable_hash(&[&text])
}

/// *User Guide, Deregistration delay*: where the group says so, flows do not outlive it.
fn end_drained(view: &Snapshot) {
    let now = date::now();
    for group in view.groups.values().filter(|group| group.terminate_connections_after_delay) {
        for target in &group.targets {
            let since = target.live.drains_since(target.draining_since, now);
            if since.is_some_and(|since| since + i64::from(group.deregistration_delay_seconds) <= now) {
                target.live.end_flows();
            }
        }
    }
}
