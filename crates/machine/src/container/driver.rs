//! The driver: what is asked for, done under one lock per machine.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rustix::process::Signal;
use tokio::io::unix::AsyncFd;
use tokio::sync::{OwnedMutexGuard, RwLock, broadcast};

use super::bundle::{self, Paths, Users};
use super::directory::{Directory, is_id};
use super::process::{self, Init};
use super::runc::Runc;
use super::{cgroup, root, view};
use crate::driver::{Driver, DriverKind, Error, MachineEvent, MachineState, Result};
use crate::image::ImageStore;
use crate::net::Network;
use crate::spec::{Interface, MachineId, MachineSpec, Resources};
use crate::usage::{self, Usage};
use crate::vm::Hierarchies;
use crate::{disk, guest, rest};

/// Events that a receiver may be behind before it loses some.
const EVENTS: usize = 1024;

/// Held for reading while a control group may be made, for writing while the parent of all is removed.
pub(crate) static GROUPS: RwLock<()> = RwLock::const_new(());

/// Makes machines as containers.
#[derive(Clone)]
pub struct ContainerDriver {
    shared: Arc<Shared>,
}

struct Shared {
    data_dir: PathBuf,
    images: ImageStore,
    network: Arc<dyn Network>,
    runc: Runc,
    guest: PathBuf,
    /// Machines get users of their own; false once this host has shown that it cannot.
    shifts: AtomicBool,
    events: broadcast::Sender<MachineEvent>,
    /// One lock per machine: two requests about the same one wait for each other.
    locks: Mutex<HashMap<MachineId, Arc<tokio::sync::Mutex<()>>>>,
}

impl ContainerDriver {
    /// Opens the driver on a data directory and adopts the machines that run. Needs a Tokio runtime.
    pub fn new(data_dir: &Path, images: ImageStore, network: Arc<dyn Network>) -> Result<Self> {
        let failed = |error| Error::io("open the data directory", error);
        fs::create_dir_all(data_dir.join("machines")).map_err(failed)?;
        let data_dir = data_dir.canonicalize().map_err(failed)?;
        let shared = Shared {
            runc: Runc::new(&data_dir),
            guest: guest::install(&data_dir)?,
            shifts: AtomicBool::new(true),
            events: broadcast::channel(EVENTS).0,
            locks: Mutex::default(),
            data_dir,
            images,
            network,
        };
        let driver = Self { shared: Arc::new(shared) };
        for id in driver.shared.ids()? {
            let directory = driver.shared.directory(&id)?;
            if let Err(error) = directory.read_spec() {
                tracing::error!(machine = id, %error, "the machine cannot be started again: machine.json is damaged");
            }
            if let Some(init) = process::find(&directory, &id) {
                driver.watch(id, init);
            }
        }
        Ok(driver)
    }

    /// Reports the end of a machine, and clears up after it.
    fn watch(&self, id: MachineId, init: Init) {
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let pid = init.pid;
            // SAFETY: the descriptor is owned, so it stays open and the same for as long as it is registered.
            match unsafe { AsyncFd::register(init.descriptor) } {
                Ok(descriptor) => drop(descriptor.readable().await.map(drop)),
                Err(error) => return tracing::error!(machine = id, %error, "cannot watch the machine"),
            }
            if let Err(error) = shared.after_exit(&id, pid).await {
                tracing::warn!(machine = id, %error, "the machine ended but is not all cleared up");
            }
            let _ = shared.events.send(MachineEvent::Exited { id });
        });
    }
}

impl Shared {
    fn directory(&self, id: &str) -> Result<Directory> {
        Directory::new(&self.data_dir, id)
    }

    fn ids(&self) -> Result<Vec<MachineId>> {
        let entries = fs::read_dir(self.data_dir.join("machines"));
        let entries = entries.map_err(|error| Error::io("list the machines", error))?;
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        Ok(names.filter(|name| is_id(name)).collect())
    }

    async fn lock(&self, id: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody holds or waits for are only in the map.
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(locks.entry(id.to_owned()).or_default())
        };
        lock.lock_owned().await
    }

    /// The machine's specification; [`Error::NoMachine`] if there is none.
    fn spec(&self, id: &str) -> Result<MachineSpec> {
        self.directory(id)?.read_spec()?.ok_or_else(|| Error::NoMachine(id.to_owned()))
    }

    /// [`Error::NoMachine`] if there is none. A damaged specification is no reason not to end the machine.
    fn is_made(&self, id: &str) -> Result<()> {
        match self.directory(id)?.read_spec() {
            Ok(None) => Err(Error::NoMachine(id.to_owned())),
            Ok(Some(_)) | Err(_) => Ok(()),
        }
    }

    fn make(&self, spec: &MachineSpec) -> Result<()> {
        let directory = self.directory(&spec.id)?;
        self.images.get(&spec.image)?;
        directory.make()?;
        let templates = self.data_dir.join("disk-templates");
        fs::create_dir_all(&templates).map_err(|error| Error::io("make a disk template", error))?;
        disk::make(&templates, &directory.disk_image(), spec.root_disk_gib)?;
        // Last: what has a specification is whole, and anything less is made again.
        directory.write_spec(spec)
    }

    /// Everything up to an init process that waits to be let go.
    ///
    /// With users of its own if this host can; whether it can is found out by doing, once. It cannot if two
    /// attempts fail where one without succeeds.
    fn prepare(&self, spec: &MachineSpec) -> Result<Init> {
        if !self.shifts.load(Ordering::Relaxed) {
            return self.prepare_as(spec, None);
        }
        let users = Some(Users::of(&spec.id));
        if let Ok(init) = self.prepare_as(spec, users) {
            return Ok(init);
        }
        self.clear(&spec.id)?;
        let reason = match self.prepare_as(spec, users) {
            Ok(init) => return Ok(init),
            Err(reason) => reason,
        };
        self.clear(&spec.id)?;
        let init = self.prepare_as(spec, None)?;
        self.shifts.store(false, Ordering::Relaxed);
        tracing::warn!(%reason, "no user namespaces for machines on this host: root inside is root outside, less its powers");
        Ok(init)
    }

    fn prepare_as(&self, spec: &MachineSpec, users: Option<Users>) -> Result<Init> {
        let directory = self.directory(&spec.id)?;
        let failed = |error| Error::io("prepare the machine", error);
        disk::mount(&directory.disk_image(), &directory.disk())?;
        let on_disk = directory.disk();
        for name in ["upper", "work"] {
            fs::create_dir_all(on_disk.join(name)).map_err(failed)?;
        }
        let (meminfo, cpuinfo) = (on_disk.join("meminfo"), directory.path.join("cpuinfo"));
        fs::write(&meminfo, view::meminfo(&spec.resources)).map_err(failed)?;
        let owner = users.map_or(0, |users| users.first);
        std::os::unix::fs::chown(&meminfo, Some(owner), Some(owner)).map_err(failed)?;
        fs::write(&cpuinfo, view::cpuinfo(&view::cpus(&spec.id, &spec.resources))).map_err(failed)?;
        root::mount(&directory, &self.images.rootfs_dir(&spec.image)?, users)?;
        let rootfs = directory.rootfs();
        let paths = Paths {
            guest: &self.guest.to_string_lossy(),
            rootfs: &rootfs.to_string_lossy(),
            meminfo: &meminfo.to_string_lossy(),
            cpuinfo: &cpuinfo.to_string_lossy(),
        };
        let config = bundle::config(spec, &paths, users);
        fs::write(directory.path.join("config.json"), config.to_string()).map_err(failed)?;
        self.runc.create(&directory, &spec.id, users)?;
        let gone = || Error::Program { program: "runc", detail: "the init process is gone already".into() };
        process::find(&directory, &spec.id).ok_or_else(gone)
    }

    /// Removes all that a running machine has on the host but its directory and the ends of its interfaces.
    fn clear(&self, id: &str) -> Result<()> {
        let directory = self.directory(id)?;
        cgroup::clear(id)?;
        self.runc.forget(id)?;
        let _ = fs::remove_file(directory.pid_file());
        directory.unmount()
    }

    fn pin(&self, id: &str, cpus: Vec<u32>) -> Result<()> {
        let directory = self.directory(id)?;
        let mut spec = self.spec(id)?;
        let is_new = spec.resources.cpuset != cpus;
        if cpus.is_empty() && !is_new {
            return Ok(());
        }
        spec.resources.cpuset = cpus;
        if process::find(&directory, id).is_some() {
            let chosen = view::cpus(id, &spec.resources);
            Hierarchies::detect_all(&["cpuset"])?.pin(id, &chosen)?;
            // The same file, which the guest has open over the kernel's.
            fs::write(directory.path.join("cpuinfo"), view::cpuinfo(&chosen))
                .map_err(|error| Error::io("tell the guest of its processors", error))?;
        }
        if is_new { directory.write_spec(&spec) } else { Ok(()) }
    }

    async fn detach(&self, interfaces: &[Interface]) -> Result<()> {
        for interface in interfaces {
            self.network.detach(interface).await?;
        }
        Ok(())
    }

    async fn stop_at_once(self: &Arc<Self>, id: &str) -> Result<()> {
        // A machine ends even if its specification is damaged: its interfaces end with its network namespace.
        let spec = self.directory(id)?.read_spec().unwrap_or_else(|error| {
            tracing::warn!(machine = id, %error, "the machine's specification is damaged");
            None
        });
        let interfaces = spec.map(|spec| spec.interfaces).unwrap_or_default();
        self.blocking(id, |shared, id| shared.clear(id)).await?;
        self.detach(&interfaces).await
    }

    /// A machine's init is gone: clears up, unless another took its place meanwhile.
    async fn after_exit(self: &Arc<Self>, id: &str, pid: u32) -> Result<()> {
        let _lock = self.lock(id).await;
        let directory = self.directory(id)?;
        let recorded = fs::read_to_string(directory.pid_file()).unwrap_or_default();
        if recorded.trim() != pid.to_string() {
            return Ok(());
        }
        self.stop_at_once(id).await
    }

    /// Runs what blocks where it may.
    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        id: &str,
        work: impl FnOnce(&Self, &str) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (shared, id) = (Arc::clone(self), id.to_owned());
        let done = tokio::task::spawn_blocking(move || work(&shared, &id)).await;
        done.map_err(|error| Error::io("run in the background", std::io::Error::other(error)))?
    }

    async fn launch(self: &Arc<Self>, spec: MachineSpec) -> Result<Init> {
        let _groups = GROUPS.read().await;
        let id = spec.id.clone();
        let interfaces = spec.interfaces.clone();
        let init = self.blocking(&id, move |shared, _| shared.prepare(&spec)).await?;
        for (index, interface) in interfaces.iter().enumerate() {
            self.network.attach_container(interface, index, init.pid).await?;
        }
        self.blocking(&id, |shared, id| shared.runc.start(&shared.directory(id)?, id)).await?;
        Ok(init)
    }
}

#[async_trait]
impl Driver for ContainerDriver {
    fn kind(&self) -> DriverKind {
        DriverKind::Container
    }

    async fn create(&self, spec: &MachineSpec) -> Result<()> {
        let _lock = self.shared.lock(&spec.id).await;
        let spec = spec.clone();
        self.shared.blocking(&spec.id.clone(), move |shared, _| shared.make(&spec)).await
    }

    async fn start(&self, id: &str) -> Result<()> {
        let shared = &self.shared;
        let _lock = shared.lock(id).await;
        let spec = shared.spec(id)?;
        if process::find(&shared.directory(id)?, id).is_some() {
            return Ok(());
        }
        // What an interrupted start or an unnoticed end left.
        shared.stop_at_once(id).await?;
        match shared.launch(spec).await {
            Ok(init) => {
                self.watch(id.to_owned(), init);
                Ok(())
            }
            Err(error) => {
                if let Err(also) = shared.stop_at_once(id).await {
                    tracing::warn!(machine = id, error = %also, "a failed start is not all cleared up");
                }
                Err(error)
            }
        }
    }

    async fn shut_down(&self, id: &str) -> Result<()> {
        let _lock = self.shared.lock(id).await;
        self.shared.is_made(id)?;
        let init = process::find(&self.shared.directory(id)?, id);
        init.map_or(Ok(()), |init| init.signal(Signal::POWER))
    }

    async fn kill(&self, id: &str) -> Result<()> {
        let _lock = self.shared.lock(id).await;
        self.shared.is_made(id)?;
        self.shared.stop_at_once(id).await
    }

    async fn reboot(&self, id: &str) -> Result<()> {
        let _lock = self.shared.lock(id).await;
        self.shared.is_made(id)?;
        let init = process::find(&self.shared.directory(id)?, id);
        init.map_or(Ok(()), |init| init.signal(Signal::INT))
    }

    async fn resize(&self, id: &str, resources: &Resources) -> Result<()> {
        let _lock = self.shared.lock(id).await;
        let mut spec = self.shared.spec(id)?;
        spec.resources = resources.clone();
        self.shared.directory(id)?.write_spec(&spec)
    }

    async fn pin(&self, id: &str, cpus: &[u32]) -> Result<()> {
        let shared = &self.shared;
        let _lock = shared.lock(id).await;
        let cpus = cpus.to_vec();
        shared.blocking(id, move |shared, id| shared.pin(id, cpus)).await
    }

    async fn confine_rest(&self, cpus: &[u32]) -> Result<()> {
        let cpus = cpus.to_vec();
        self.shared.blocking("", move |shared, _| rest::confine(&shared.data_dir, &cpus)).await
    }

    async fn connect(&self, id: &str, interfaces: &[Interface]) -> Result<()> {
        let shared = &self.shared;
        let _lock = shared.lock(id).await;
        let mut spec = shared.spec(id)?;
        if let Some(init) = process::find(&shared.directory(id)?, id) {
            let is_wanted = |old: &&Interface| interfaces.iter().any(|new| new.eni == old.eni);
            for gone in spec.interfaces.iter().filter(|old| !is_wanted(old)) {
                shared.network.detach(gone).await?;
            }
            for (index, interface) in interfaces.iter().enumerate() {
                shared.network.attach_container(interface, index, init.pid).await?;
            }
        }
        spec.interfaces = interfaces.to_vec();
        shared.directory(id)?.write_spec(&spec)
    }

    async fn destroy(&self, id: &str) -> Result<()> {
        let shared = &self.shared;
        let lock = shared.lock(id).await;
        shared.stop_at_once(id).await?;
        shared.blocking(id, |shared, id| shared.directory(id)?.remove()).await?;
        drop(lock);
        // Not while anything starts; then whoever is destroyed last does it.
        if let Ok(_alone) = GROUPS.try_write() {
            cgroup::remove_parent();
            shared.directory(id)?.remove_roots();
        }
        Ok(())
    }

    async fn state(&self, id: &str) -> Result<MachineState> {
        let directory = self.shared.directory(id)?;
        Ok(match process::find(&directory, id) {
            Some(init) => MachineState::Running { pid: init.pid },
            None if directory.is_whole() => MachineState::Stopped,
            None => MachineState::Absent,
        })
    }

    async fn list(&self) -> Result<Vec<MachineId>> {
        self.shared.ids()
    }

    async fn usage(&self, id: &str) -> Result<Option<Usage>> {
        let shared = &self.shared;
        let directory = shared.directory(id)?;
        if process::find(&directory, id).is_none() {
            return Ok(None);
        }
        let network = usage::of_interfaces(shared.network.as_ref(), &shared.spec(id)?.interfaces).await?;
        let (cpu, memory_bytes) = cgroup::usage(id);
        Ok(Some(Usage { cpu, memory_bytes, network, disk: usage::disk_of_mount(&directory.disk()) }))
    }

    async fn console(&self, id: &str) -> Result<Vec<u8>> {
        let directory = self.shared.directory(id)?;
        if !directory.exists() {
            return Err(Error::NoMachine(id.to_owned()));
        }
        directory.console()
    }

    fn events(&self) -> broadcast::Receiver<MachineEvent> {
        self.shared.events.subscribe()
    }
}
