//! Ends and removes everything that a region made on this host, from what is on the host and on disk alone: works
//! the same whether or not a control plane ever comes back.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use freehold_machine::image::ImageStore;
use freehold_machine::net::host::HostNetwork;
use freehold_machine::net::hosts_file::HostsFile;
use freehold_machine::net::{Network, none::NoNetwork};
use freehold_machine::node::{HostNodes, NodeDriver, remove_leftovers};
use freehold_machine::none::NoMachines;
use freehold_machine::vm::qemu::Flavour;
use freehold_machine::{Driver, DriverKind, MachineState};

use super::machines::{node_program, open, remembered};
use crate::data_dir::DataDir;

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    pub machines: usize,
    pub balancers: usize,
    pub networks: usize,
}

/// Removes every machine, balancer and network of the data directory, and its names. The caller holds its lock.
pub async fn everything(data: &DataDir) -> Result<Removed> {
    let functions = data.path().to_owned();
    tokio::task::spawn_blocking(move || freehold_functions::launch::end(&functions)).await??;
    let Some(kind) = remembered(data) else { return Ok(Removed::default()) };
    // Any pool does: nothing new is published.
    let host = if kind == DriverKind::None {
        None
    } else {
        Some(Arc::new(HostNetwork::new(data.path(), HostNetwork::DEFAULT_POOL)?))
    };
    let network: Arc<dyn Network> = host.clone().map_or_else(|| Arc::new(NoNetwork) as _, |host| host as _);
    forget_names(data)?;
    let driver = driver_of(data, kind, &network)?;
    let mut removed = Removed::default();
    let mut stuck = Vec::new();
    for id in driver.list().await? {
        // One that cannot be removed keeps none of the others.
        match driver.destroy(&id).await {
            Ok(()) => removed.machines += 1,
            Err(error) => stuck.push(format!("{id}: {error}")),
        }
    }
    if let Some(network) = &host {
        let nodes = HostNodes::new(data.path(), Arc::clone(network) as _, node_program()?)?;
        for id in nodes.list().await? {
            match nodes.destroy(&id).await {
                Ok(()) => removed.balancers += 1,
                Err(error) => stuck.push(format!("{id}: {error}")),
            }
        }
        remove_leftovers(data.path())?;
    }
    if !stuck.is_empty() {
        bail!("{} machines or balancers cannot be removed: {}", stuck.len(), stuck.join("; "));
    }
    if let Some(host) = host {
        removed.networks = host.list().await?.len();
        host.purge().await.context("the network cannot be removed")?;
    }
    Ok(removed)
}

/// Takes the region's names out of the host's file of them. Nothing is written where there are none.
pub fn forget_names(data: &DataDir) -> Result<()> {
    HostsFile::new(data.path()).clear().context("the names of balancers in /etc/hosts cannot be removed")
}

/// What a machine's console showed.
pub async fn console(data: &DataDir, id: &str) -> Result<Vec<u8>> {
    let kind = remembered(data).with_context(|| format!("{} has no machines", data.path().display()))?;
    let network: Arc<dyn Network> = Arc::new(NoNetwork);
    Ok(driver_of(data, kind, &network)?.console(id).await?)
}

/// The machine's process on this host, if it runs.
pub async fn process(data: &DataDir, id: &str) -> Result<Option<u32>> {
    let kind = remembered(data).with_context(|| format!("{} has no machines", data.path().display()))?;
    let network: Arc<dyn Network> = Arc::new(NoNetwork);
    match driver_of(data, kind, &network)?.state(id).await? {
        MachineState::Running { pid } => Ok(Some(pid)),
        MachineState::Absent | MachineState::Stopped => Ok(None),
    }
}

/// A driver that finds what an earlier one made.
fn driver_of(data: &DataDir, kind: DriverKind, network: &Arc<dyn Network>) -> Result<Arc<dyn Driver>> {
    let flavour = match kind {
        DriverKind::None => return Ok(Arc::new(NoMachines::open(&data.machines())?)),
        DriverKind::Container => None,
        // Nothing is started, so any flavour finds the machines of all.
        DriverKind::Kvm | DriverKind::Tcg => Some(Flavour::tcg()),
    };
    open(data, flavour, &ImageStore::open(data.path())?, network)
}
