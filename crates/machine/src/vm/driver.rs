//! [`VmDriver`]: the [`Driver`] that makes virtual machines. What may block runs on a blocking thread; what
//! concerns one machine runs one after the other.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::broadcast;

use super::cgroup::Hierarchies;
use super::directory::Directory;
use super::power::Wish;
use super::qemu::Flavour;
use super::qmp::Client;
use super::shared::{Shared, blocking, group};
use super::start::make_disk;
use super::wish::wish_of;
use super::{blocks, console, watch};
use crate::driver::{Driver, DriverKind, Error, MachineEvent, MachineState, Result};
use crate::net::Network;
use crate::rest;
use crate::spec::{Interface, MachineId, MachineSpec, Resources};
use crate::usage::{self, Usage};

/// How often consoles are kept short.
const TRIM_PERIOD: Duration = Duration::from_secs(5);

/// What a driver needs to know.
pub struct VmOptions {
    /// Machines are made below `machines`, images are in `images`, kernels in `kernels`.
    pub data_dir: PathBuf,
    pub flavour: Flavour,
    pub network: Arc<dyn Network>,
}

/// Makes virtual machines on this host. Cheap to clone.
#[derive(Clone)]
pub struct VmDriver {
    pub(super) shared: Arc<Shared>,
}

impl VmDriver {
    /// Opens the data directory and adopts the machines that run. Must be called within a runtime.
    pub fn new(options: VmOptions) -> Result<Self> {
        let machines = options.data_dir.join("machines");
        std::fs::create_dir_all(&machines)
            .map_err(|source| Error::io(format!("making {}", machines.display()), source))?;
        let shared = Arc::new(Shared {
            data_dir: options.data_dir,
            flavour: options.flavour,
            network: options.network,
            cgroups: Hierarchies::detect()?,
            events: broadcast::Sender::new(1024),
            turns: Mutex::default(),
        });
        let driver = Self { shared };
        driver.adopt()?;
        let shared = Arc::downgrade(&driver.shared);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(TRIM_PERIOD);
            loop {
                ticks.tick().await;
                let Some(shared) = shared.upgrade() else { return };
                let _ = blocking(move || shared.trim_consoles()).await;
            }
        });
        Ok(driver)
    }

    fn adopt(&self) -> Result<()> {
        for id in self.shared.ids()? {
            let directory = self.shared.directory(&id)?;
            if directory.is_made().is_ok()
                && let Err(error) = directory.spec()
            {
                tracing::error!(machine = id, %error, "the machine cannot be started again: its specification is damaged");
            }
            let Some(pid) = directory.running()? else {
                if directory.file("qmp.sock").exists() {
                    self.bury(directory);
                }
                continue;
            };
            watch::exit(&self.shared, &id, pid)?;
            if wish_of(&directory).is_some() {
                self.shared.follow(&id);
            }
            tracing::info!(machine = id, pid, "adopted");
        }
        Ok(())
    }

    /// Cleans up after a machine that ended while nobody watched.
    fn bury(&self, directory: Directory) {
        let shared = self.shared.clone();
        tokio::spawn(async move {
            let turn = shared.turn(&directory.id);
            let _turn = turn.lock().await;
            if let Ok(None) = directory.running()
                && let Err(error) = shared.clean(&directory).await
            {
                tracing::warn!(machine = directory.id, %error, "an ended machine was not cleaned up");
            }
        });
    }
}

#[async_trait]
impl Driver for VmDriver {
    fn kind(&self) -> DriverKind {
        self.shared.flavour.kind
    }

    async fn create(&self, spec: &MachineSpec) -> Result<()> {
        let directory = self.shared.directory(&spec.id)?;
        let turn = self.shared.turn(&spec.id);
        let _turn = turn.lock().await;
        let (data_dir, spec) = (self.shared.data_dir.clone(), spec.clone());
        blocking(move || {
            directory.create()?;
            make_disk(&data_dir, &directory, &spec)?;
            // Last: what has a specification is whole, and anything less is made again.
            directory.write_spec(&spec)
        })
        .await
    }

    async fn start(&self, id: &str) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        let spec = directory.spec()?;
        if directory.running()?.is_some() {
            return Ok(());
        }
        // Of an earlier life.
        let _ = std::fs::remove_file(directory.file("wish"));
        let mut taps = Vec::new();
        for interface in &spec.interfaces {
            taps.push(self.shared.network.attach_vm(interface).await?);
        }
        let started = match self.shared.launch(directory.clone(), taps).await {
            Ok(Some(pid)) => {
                watch::exit(&self.shared, id, pid)?;
                self.shared.ready(&directory).await
            }
            Ok(None) => return Ok(()),
            Err(error) => Err(error),
        };
        if started.is_err() {
            // Without a machine nothing of one shall stay.
            let _ = self.shared.end(&directory).await;
            let _ = self.shared.clean(&directory).await;
        }
        started
    }

    async fn shut_down(&self, id: &str) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        directory.is_made()?;
        if directory.running()?.is_none() {
            return Ok(());
        }
        self.shared.wish(&directory, Wish::ShutDown)
    }

    async fn kill(&self, id: &str) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        directory.is_made()?;
        self.shared.end(&directory).await?;
        self.shared.clean(&directory).await
    }

    async fn reboot(&self, id: &str) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        directory.is_made()?;
        if directory.running()?.is_none() {
            return Err(Error::Unsupported(format!("the machine {id} does not run")));
        }
        self.shared.wish(&directory, Wish::Reboot)
    }

    async fn resize(&self, id: &str, resources: &Resources) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        let mut spec = directory.spec()?;
        if spec.resources == *resources {
            return Ok(());
        }
        if directory.running()?.is_some() {
            return Err(Error::Unsupported(format!("the machine {id} runs; it is resized while stopped")));
        }
        spec.resources = resources.clone();
        directory.write_spec(&spec)
    }

    async fn pin(&self, id: &str, cpus: &[u32]) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        let mut spec = directory.spec()?;
        if cpus.is_empty() && spec.resources.cpuset.is_empty() {
            return Ok(());
        }
        if directory.running()?.is_some() {
            self.shared.cgroups.pin(&group(id), cpus)?;
        }
        if spec.resources.cpuset == cpus {
            return Ok(());
        }
        spec.resources.cpuset = cpus.to_vec();
        directory.write_spec(&spec)
    }

    async fn confine_rest(&self, cpus: &[u32]) -> Result<()> {
        let (data_dir, cpus) = (self.shared.data_dir.clone(), cpus.to_vec());
        blocking(move || rest::confine(&data_dir, &cpus)).await
    }

    async fn connect(&self, id: &str, interfaces: &[Interface]) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        let mut spec = directory.spec()?;
        if spec.interfaces == interfaces {
            return Ok(());
        }
        if directory.running()?.is_some() {
            return Err(Error::Unsupported(format!(
                "the machine {id} runs; its interfaces change while it is stopped"
            )));
        }
        spec.interfaces = interfaces.to_vec();
        directory.write_spec(&spec)
    }

    async fn destroy(&self, id: &str) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        self.shared.end(&directory).await?;
        self.shared.clean(&directory).await?;
        blocking(move || directory.remove()).await
    }

    async fn state(&self, id: &str) -> Result<MachineState> {
        let directory = self.shared.directory(id)?;
        Ok(match directory.running()? {
            Some(pid) => MachineState::Running { pid },
            None if directory.is_made().is_ok() => MachineState::Stopped,
            None => MachineState::Absent,
        })
    }

    async fn list(&self) -> Result<Vec<MachineId>> {
        self.shared.ids()
    }

    async fn usage(&self, id: &str) -> Result<Option<Usage>> {
        let directory = self.shared.directory(id)?;
        let Some(pid) = directory.running()? else { return Ok(None) };
        let network = usage::of_interfaces(self.shared.network.as_ref(), &directory.spec()?.interfaces).await?;
        let (cpu, memory_bytes) = usage::of_process(pid);
        let mut monitor = Client::connect(&directory.file("qmp.sock")).await?;
        let disk = blocks::traffic(&monitor.execute("query-blockstats", Value::Null).await?);
        Ok(Some(Usage { cpu, memory_bytes, network, disk }))
    }

    async fn console(&self, id: &str) -> Result<Vec<u8>> {
        let directory = self.shared.directory(id)?;
        directory.spec()?;
        console::tail(&directory.file("console.log"))
    }

    fn events(&self) -> broadcast::Receiver<MachineEvent> {
        self.shared.events.subscribe()
    }
}
