//! What instances are made of on this host, chosen once at start.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use freehold_machine::net::Network;
use freehold_machine::net::none::NoNetwork;
use freehold_machine::{Driver, DriverKind};

use super::state_only::StateOnly;
use crate::cli::{self, Machines};
use crate::data_dir::DataDir;

/// The driver and network of a region, and why these.
pub struct Hardware {
    pub driver: Arc<dyn Driver>,
    pub network: Arc<dyn Network>,
    pub reason: String,
}

impl Hardware {
    /// Follows the operator's wish, or finds out what the host can do.
    pub async fn choose(data: &DataDir, options: &cli::Up) -> Result<Self> {
        match options.machines {
            Machines::None => Ok(Self::none(data.path(), "asked for with --machines none; nothing runs")),
            Machines::Container | Machines::Vm => bail!("not wired yet"),
            Machines::Auto => Ok(Self::none(data.path(), "not wired yet")),
        }
    }

    fn none(data_dir: &Path, reason: &str) -> Self {
        Self { driver: Arc::new(StateOnly::new(data_dir)), network: Arc::new(NoNetwork), reason: reason.into() }
    }

    /// As `status` and `/_freehold/health` call it.
    pub fn name(&self) -> &'static str {
        match self.driver.kind() {
            DriverKind::Kvm => "kvm",
            DriverKind::Tcg => "tcg",
            DriverKind::Container => "container",
            DriverKind::None => "none",
        }
    }
}

/// What a machine's console showed, whichever driver made it.
pub async fn console(data: &DataDir, id: &str) -> Result<Vec<u8>> {
    let _ = data;
    bail!("no machine {id}")
}
