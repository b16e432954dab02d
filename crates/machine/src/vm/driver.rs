//! [`VmDriver`]: the [`Driver`] that makes virtual machines. What may block runs on a blocking thread; what
//! concerns one machine runs one after the other.

use std::collections::HashMap;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use super::cgroup::{Hierarchies, Limits};
use super::directory::Directory;
use super::launch::KvmAccess;
use super::power::{self, RunState, Step};
use super::qemu::{Flavour, Inherited, Launch, OVERHEAD_MIB};
use super::qmp::Client;
use super::{console, launch, media, watch};
use crate::capacity::Host;
use crate::driver::{Driver, DriverKind, Error, MachineEvent, MachineState, Result};
use crate::net::Network;
use crate::spec::{MachineId, MachineSpec, Resources};

/// How often a reboot under way is looked at.
const REBOOT_POLL: Duration = Duration::from_millis(100);
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

pub(super) struct Shared {
    data_dir: PathBuf,
    flavour: Flavour,
    network: Arc<dyn Network>,
    cgroups: Hierarchies,
    events: broadcast::Sender<MachineEvent>,
    /// One lock per machine: what is asked of it happens in order.
    turns: Mutex<HashMap<MachineId, Arc<tokio::sync::Mutex<()>>>>,
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
            let Some(pid) = directory.running()? else {
                if directory.file("qmp.sock").exists() {
                    self.bury(directory);
                }
                continue;
            };
            watch::exit(&self.shared, &id, pid)?;
            if directory.file("rebooting").exists() {
                self.follow_reboot(&id);
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

    /// Drives a reboot to its end, whoever began it.
    fn follow_reboot(&self, id: &str) {
        let (shared, id) = (self.shared.clone(), id.to_owned());
        tokio::spawn(async move {
            let (asked, mut pressed) = (Instant::now(), None::<Instant>);
            loop {
                let turn = shared.turn(&id);
                let turn = turn.lock().await;
                match shared.reboot_step(&id, asked, &mut pressed).await {
                    Ok(true) => return,
                    Ok(false) => {}
                    Err(error) => {
                        // Gone in the meantime, or stuck: what follows shows in the machine's state.
                        tracing::warn!(machine = id, %error, "a reboot was not finished");
                        return;
                    }
                }
                drop(turn);
                tokio::time::sleep(REBOOT_POLL).await;
            }
        });
    }
}

impl Shared {
    pub(super) fn directory(&self, id: &str) -> Result<Directory> {
        Directory::of(&self.machines(), id)
    }

    fn machines(&self) -> PathBuf {
        self.data_dir.join("machines")
    }

    pub(super) fn turn(&self, id: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(id.to_owned()).or_default().clone()
    }

    fn ids(&self) -> Result<Vec<MachineId>> {
        let entries = std::fs::read_dir(self.machines())
            .map_err(|source| Error::io("listing the machines", source))?;
        let mut ids: Vec<_> = entries
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|id| self.directory(id).is_ok())
            .collect();
        ids.sort();
        Ok(ids)
    }

    fn trim_consoles(&self) -> Result<()> {
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
            for name in ["qmp.sock", "rebooting"] {
                let _ = std::fs::remove_file(directory.file(name));
            }
            shared.cgroups.remove(&group(&directory.id))
        })
        .await
    }

    async fn launch(self: &Arc<Self>, directory: Directory, taps: Vec<OwnedFd>) -> Result<Option<u32>> {
        let shared = self.clone();
        blocking(move || shared.launch_now(&directory, &taps)).await
    }

    /// Starts QEMU; `None` if it runs already.
    fn launch_now(&self, directory: &Directory, taps: &[OwnedFd]) -> Result<Option<u32>> {
        let spec = directory.spec()?;
        make_disk(&self.data_dir, directory, &spec)?;
        let (user, kvm) = (launch::user_of(&spec.id), KvmAccess::of(self.flavour.kind)?);
        let Some(lock) = directory.lock()? else { return Ok(None) };
        let media = media::open(&self.data_dir, directory, &spec)?;
        let cgroups = self.cgroups.create(&group(&spec.id), &Limits::of(&spec.resources, OVERHEAD_MIB))?;
        let inherited = Inherited {
            kernel: media.kernel.as_raw_fd(),
            ramdisk: media.ramdisk.as_raw_fd(),
            image: media.image.as_raw_fd(),
            root: media.root.as_raw_fd(),
            console: media.console.as_raw_fd(),
            qmp: media.qmp.as_raw_fd(),
            taps: taps.iter().map(|tap| tap.as_raw_fd()).collect(),
        };
        let run_as = kvm.run_as(user);
        let processors = Host::detect()?.processors_for(spec.resources.vcpus);
        let arguments =
            Launch { spec: &spec, flavour: &self.flavour, inherited: &inherited, run_as, processors }.arguments();
        let mut inherit = vec![
            inherited.kernel,
            inherited.ramdisk,
            inherited.image,
            inherited.root,
            inherited.console,
            inherited.qmp,
        ];
        inherit.extend(&inherited.taps);
        let disk = u64::from(spec.root_disk_gib.max(1)) << 30;
        let confinement = launch::Confinement {
            user,
            kvm,
            cgroups,
            file_size: disk,
            lock: Some(lock),
        };
        let child = launch::spawn(&arguments, inherit, Stdio::null(), media.log, &confinement)?;
        Ok(Some(child.id()))
    }

    /// Waits until QEMU answers; if it ended instead, says what it complained about.
    async fn ready(&self, directory: &Directory) -> Result<()> {
        let refused = match Client::connect(&directory.file("qmp.sock")).await {
            Ok(_) => return Ok(()),
            Err(refused) => refused,
        };
        if directory.running()?.is_some() {
            return Err(refused);
        }
        let log = std::fs::read_to_string(directory.file("qemu.log")).unwrap_or_default();
        let detail = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it ended at once");
        Err(Error::Program { program: launch::PROGRAM, detail: detail.to_owned() })
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

    /// One step of a reboot; `true` when it is finished.
    async fn reboot_step(&self, id: &str, asked: Instant, pressed: &mut Option<Instant>) -> Result<bool> {
        let directory = self.directory(id)?;
        let marker = directory.file("rebooting");
        if !marker.exists() || directory.running()?.is_none() {
            return Ok(true);
        }
        let mut qemu = Client::connect(&directory.file("qmp.sock")).await?;
        let status = qemu.execute("query-status", Value::Null).await?;
        let state = RunState::from_qemu(status["status"].as_str().unwrap_or_default());
        match power::next(state, asked.elapsed(), pressed.map(|at| at.elapsed())) {
            Step::Wait => Ok(false),
            Step::Press => {
                qemu.execute("set-action", json!({ "shutdown": "pause" })).await?;
                qemu.execute("system_powerdown", Value::Null).await?;
                *pressed = Some(Instant::now());
                Ok(false)
            }
            Step::Reset => {
                qemu.execute("system_reset", Value::Null).await?;
                qemu.execute("cont", Value::Null).await?;
                qemu.execute("set-action", json!({ "shutdown": "poweroff" })).await?;
                let _ = std::fs::remove_file(marker);
                Ok(true)
            }
        }
    }
}

/// The name of a machine's cgroup.
pub(super) fn group(id: &str) -> String {
    format!("vm-{id}")
}

fn make_disk(data_dir: &Path, directory: &Directory, spec: &MachineSpec) -> Result<()> {
    let templates = data_dir.join("disk-templates");
    std::fs::create_dir_all(&templates).map_err(|source| Error::io("making the disk templates", source))?;
    crate::disk::make(&templates, &crate::disk::image_of(&directory.path), spec.root_disk_gib.max(1))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Error::io("a blocking step", std::io::Error::other(error))))
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
            directory.write_spec(&spec)?;
            make_disk(&data_dir, &directory, &spec)
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
        directory.spec()?;
        if directory.running()?.is_none() {
            return Ok(());
        }
        // A reboot under way becomes a shutdown.
        let _ = std::fs::remove_file(directory.file("rebooting"));
        let mut qemu = Client::connect(&directory.file("qmp.sock")).await?;
        qemu.execute("set-action", json!({ "shutdown": "poweroff" })).await?;
        let status = qemu.execute("query-status", Value::Null).await?;
        match RunState::from_qemu(status["status"].as_str().unwrap_or_default()) {
            RunState::Running => qemu.execute("system_powerdown", Value::Null).await.map(drop),
            // Down already, or beyond hearing: nothing is lost by ending it.
            RunState::ShutDown | RunState::Other => self.shared.end(&directory).await,
        }
    }

    async fn kill(&self, id: &str) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        directory.spec()?;
        self.shared.end(&directory).await?;
        self.shared.clean(&directory).await
    }

    async fn reboot(&self, id: &str) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let turn = self.shared.turn(id);
        let _turn = turn.lock().await;
        directory.spec()?;
        if directory.running()?.is_none() {
            return Err(Error::Unsupported(format!("the machine {id} does not run")));
        }
        let marker = directory.file("rebooting");
        if !marker.exists() {
            std::fs::write(&marker, "").map_err(|source| Error::io("noting a reboot", source))?;
            self.follow_reboot(id);
        }
        Ok(())
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
            None if directory.exists() => MachineState::Stopped,
            None => MachineState::Absent,
        })
    }

    async fn list(&self) -> Result<Vec<MachineId>> {
        self.shared.ids()
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
