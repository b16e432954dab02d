//! What a driver and the tasks it has started share: where machines are, how one of them ends, and what is
//! removed then.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;

use super::cgroup::Hierarchies;
use super::directory::Directory;
use super::qemu::Flavour;
use super::{console, watch};
use crate::driver::{Error, MachineEvent, Result};
use crate::net::Network;
use crate::spec::MachineId;

/// One per driver. Watchers hold it weakly: without a driver there is nothing for them to do.
pub(super) struct Shared {
    pub(super) data_dir: PathBuf,
    pub(super) flavour: Flavour,
    pub(super) network: Arc<dyn Network>,
    pub(super) cgroups: Hierarchies,
    pub(super) events: broadcast::Sender<MachineEvent>,
    /// One lock per machine: what is asked of it happens in order.
    pub(super) turns: Mutex<HashMap<MachineId, Arc<tokio::sync::Mutex<()>>>>,
}

impl Shared {
    pub(super) fn directory(&self, id: &str) -> Result<Directory> {
        Directory::of(&self.machines(), id)
    }

    pub(super) fn machines(&self) -> PathBuf {
        self.data_dir.join("machines")
    }

    pub(super) fn turn(&self, id: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(id.to_owned()).or_default().clone()
    }

    pub(super) fn ids(&self) -> Result<Vec<MachineId>> {
        let entries = std::fs::read_dir(self.machines()).map_err(|source| Error::io("listing the machines", source))?;
        let mut ids: Vec<_> = entries
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|id| self.directory(id).is_ok())
            .collect();
        ids.sort();
        Ok(ids)
    }

    pub(super) fn trim_consoles(&self) -> Result<()> {
        for id in self.ids()? {
            console::trim(&self.directory(&id)?.file("console.log"))?;
        }
        Ok(())
    }

    pub(super) fn announce(&self, event: MachineEvent) {
        // Nobody listening is no error.
        let _ = self.events.send(event);
    }

    /// Removes what a machine has only while it runs. Idempotent.
    pub(super) async fn clean(self: &Arc<Self>, directory: &Directory) -> Result<()> {
        if let Ok(spec) = directory.spec() {
            for interface in &spec.interfaces {
                self.network.detach(interface).await?;
            }
        }
        let (shared, directory) = (self.clone(), directory.clone());
        blocking(move || {
            for name in ["qmp.sock", "wish"] {
                let _ = std::fs::remove_file(directory.file(name));
            }
            shared.cgroups.remove(&group(&directory.id))
        })
        .await
    }

    /// Pulls the cord and waits until it is out.
    pub(super) async fn end(&self, directory: &Directory) -> Result<()> {
        let Some(pid) = directory.running()? else { return Ok(()) };
        let process = watch::open(pid)?;
        // Still the lock's holder, so the number was not given to another process before it was opened.
        if let Some(process) = process.filter(|_| directory.running().ok().flatten() == Some(pid)) {
            let _ = rustix::process::pidfd_send_signal(&process, rustix::process::Signal::KILL);
            watch::ended(process).await?;
        }
        Ok(())
    }
}

/// The name of a machine's cgroup.
pub(super) fn group(id: &str) -> String {
    format!("vm-{id}")
}

/// Runs what may block where it may.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Error::io("a blocking step", std::io::Error::other(error))))
}
