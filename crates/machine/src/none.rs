//! Machines that exist in state only, for `--machines none`: a directory each, with a file that says whether the
//! machine runs. They obey at once, are adopted by a later control plane as others are, and take no resources.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::driver::{Driver, DriverKind, Error, MachineEvent, MachineState, Result};
use crate::spec::{Interface, MachineId, MachineSpec, Resources};

/// Pretends.
#[derive(Debug)]
pub struct NoMachines {
    /// A directory per machine.
    root: PathBuf,
    events: broadcast::Sender<MachineEvent>,
}

const SPEC: &str = "machine.json";
const RUNS: &str = "runs";

impl NoMachines {
    /// Keeps machines under `root`. Creates it if need be.
    pub fn open(root: &Path) -> Result<Self> {
        std::fs::create_dir_all(root).map_err(|error| Error::io("make the machines' directory", error))?;
        Ok(Self { root: root.to_owned(), events: broadcast::Sender::new(1024) })
    }

    fn directory(&self, id: &str) -> PathBuf {
        self.root.join(id)
    }

    /// The directory of a machine that there is.
    fn existing(&self, id: &str) -> Result<PathBuf> {
        let directory = self.directory(id);
        if directory.join(SPEC).exists() { Ok(directory) } else { Err(Error::NoMachine(id.to_owned())) }
    }

    /// The machine's guest obeys, or its cord is pulled: the same here.
    fn end(&self, id: &str) -> Result<()> {
        if removed(std::fs::remove_file(self.existing(id)?.join(RUNS)))? {
            // Nobody may be listening.
            let _ = self.events.send(MachineEvent::Exited { id: id.to_owned() });
        }
        Ok(())
    }

    fn rewrite_spec(&self, id: &str, change: impl FnOnce(&mut MachineSpec)) -> Result<()> {
        let directory = self.existing(id)?;
        let failed = |error| Error::io("read the machine's specification", error);
        let text = std::fs::read(directory.join(SPEC)).map_err(failed)?;
        let mut spec: MachineSpec = serde_json::from_slice(&text).map_err(|error| failed(error.into()))?;
        change(&mut spec);
        Self::write_spec(&directory, &spec)
    }

    fn write_spec(directory: &Path, spec: &MachineSpec) -> Result<()> {
        let failed = |error| Error::io("write the machine's specification", error);
        let text = serde_json::to_vec(spec).map_err(|error| failed(error.into()))?;
        let draft = directory.join("machine.json.new");
        std::fs::write(&draft, text).map_err(failed)?;
        std::fs::rename(&draft, directory.join(SPEC)).map_err(failed)
    }
}

/// Whether something was removed; nothing to remove is no failure.
fn removed(outcome: std::io::Result<()>) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io("end the machine", error)),
    }
}

#[async_trait]
impl Driver for NoMachines {
    fn kind(&self) -> DriverKind {
        DriverKind::None
    }

    async fn create(&self, spec: &MachineSpec) -> Result<()> {
        let directory = self.directory(&spec.id);
        std::fs::create_dir_all(&directory).map_err(|error| Error::io("make the machine's directory", error))?;
        Self::write_spec(&directory, spec)
    }

    async fn start(&self, id: &str) -> Result<()> {
        std::fs::write(self.existing(id)?.join(RUNS), b"").map_err(|error| Error::io("start the machine", error))
    }

    async fn shut_down(&self, id: &str) -> Result<()> {
        self.end(id)
    }

    async fn kill(&self, id: &str) -> Result<()> {
        self.end(id)
    }

    async fn reboot(&self, id: &str) -> Result<()> {
        self.existing(id).map(drop)
    }

    async fn resize(&self, id: &str, resources: &Resources) -> Result<()> {
        self.rewrite_spec(id, |spec| spec.resources = resources.clone())
    }

    async fn pin(&self, id: &str, cpus: &[u32]) -> Result<()> {
        self.rewrite_spec(id, |spec| spec.resources.cpuset = cpus.to_vec())
    }

    async fn connect(&self, id: &str, interfaces: &[Interface]) -> Result<()> {
        self.rewrite_spec(id, |spec| spec.interfaces = interfaces.to_vec())
    }

    async fn destroy(&self, id: &str) -> Result<()> {
        removed(std::fs::remove_dir_all(self.directory(id))).map(drop)
    }

    async fn state(&self, id: &str) -> Result<MachineState> {
        let Ok(directory) = self.existing(id) else { return Ok(MachineState::Absent) };
        if directory.join(RUNS).exists() {
            // No process stands for it; 0 is nobody's.
            return Ok(MachineState::Running { pid: 0 });
        }
        Ok(MachineState::Stopped)
    }

    async fn list(&self) -> Result<Vec<MachineId>> {
        let failed = |error| Error::io("list the machines", error);
        let entries = std::fs::read_dir(&self.root).map_err(failed)?;
        entries.map(|entry| Ok(entry.map_err(failed)?.file_name().to_string_lossy().into_owned())).collect()
    }

    async fn console(&self, id: &str) -> Result<Vec<u8>> {
        self.existing(id).map(|_| Vec::new())
    }

    fn events(&self) -> broadcast::Receiver<MachineEvent> {
        self.events.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> MachineSpec {
        MachineSpec {
            id: "i-1".into(),
            image: "ami-1".into(),
            resources: Resources { vcpus: 1, memory_mib: 64, cpu_weight: 100, cpu_limit_millis: None, cpuset: vec![] },
            root_disk_gib: 1,
            hostname: "host".into(),
            interfaces: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_machine_lives_through_its_states_and_is_found_by_a_later_driver() {
        let place = tempfile::tempdir().unwrap();
        let driver = NoMachines::open(place.path()).unwrap();
        assert_eq!(driver.state("i-1").await.unwrap(), MachineState::Absent);
        driver.create(&spec()).await.unwrap();
        assert_eq!(driver.state("i-1").await.unwrap(), MachineState::Stopped);
        driver.start("i-1").await.unwrap();

        let later = NoMachines::open(place.path()).unwrap();
        assert_eq!(later.list().await.unwrap(), ["i-1"]);
        let mut events = later.events();
        later.shut_down("i-1").await.unwrap();
        assert_eq!(events.try_recv().unwrap(), MachineEvent::Exited { id: "i-1".into() });
        assert_eq!(later.state("i-1").await.unwrap(), MachineState::Stopped);
        later.destroy("i-1").await.unwrap();
        later.destroy("i-1").await.unwrap();
        assert_eq!(later.state("i-1").await.unwrap(), MachineState::Absent);
    }

    #[tokio::test]
    async fn what_is_not_there_cannot_be_started() {
        let place = tempfile::tempdir().unwrap();
        let driver = NoMachines::open(place.path()).unwrap();
        assert!(matches!(driver.start("i-2").await, Err(Error::NoMachine(_))));
    }
}
