//! Machines that exist in state only (`--machines none`): every request succeeds at once and nothing runs. What was
//! asked for is kept in `machines/<id>`, as the other drivers do, so that a restarted region finds the same.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use freehold_machine::{
    Driver, DriverKind, Error, MachineEvent, MachineId, MachineSpec, MachineState, Resources, Result,
};
use tokio::sync::broadcast;

/// Keeps a directory per machine, with the file `running` in it for as long as the machine would run.
pub struct StateOnly {
    root: PathBuf,
    events: broadcast::Sender<MachineEvent>,
}

impl StateOnly {
    pub fn new(data_dir: &Path) -> Self {
        Self { root: data_dir.join("machines"), events: broadcast::Sender::new(4096) }
    }

    fn directory(&self, id: &str) -> PathBuf {
        self.root.join(id)
    }

    fn existing(&self, id: &str) -> Result<PathBuf> {
        let directory = self.directory(id);
        if directory.is_dir() { Ok(directory) } else { Err(Error::NoMachine(id.into())) }
    }

    fn end(&self, id: &str) -> Result<()> {
        match fs::remove_file(self.existing(id)?.join("running")) {
            Ok(()) => {
                // Without listeners the event is not needed.
                let _ = self.events.send(MachineEvent::Exited { id: id.into() });
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io("end a machine in state", error)),
        }
    }
}

#[async_trait]
impl Driver for StateOnly {
    fn kind(&self) -> DriverKind {
        DriverKind::None
    }

    async fn create(&self, spec: &MachineSpec) -> Result<()> {
        fs::create_dir_all(self.directory(&spec.id)).map_err(|error| Error::io("note a machine", error))
    }

    async fn start(&self, id: &str) -> Result<()> {
        fs::write(self.existing(id)?.join("running"), b"").map_err(|error| Error::io("note a machine's start", error))
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

    async fn resize(&self, id: &str, _resources: &Resources) -> Result<()> {
        self.existing(id).map(drop)
    }

    async fn destroy(&self, id: &str) -> Result<()> {
        match fs::remove_dir_all(self.directory(id)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io("forget a machine", error)),
            _ => Ok(()),
        }
    }

    async fn state(&self, id: &str) -> Result<MachineState> {
        let directory = self.directory(id);
        Ok(match (directory.is_dir(), directory.join("running").exists()) {
            (false, _) => MachineState::Absent,
            (true, false) => MachineState::Stopped,
            (true, true) => MachineState::Running { pid: 0 },
        })
    }

    async fn list(&self) -> Result<Vec<MachineId>> {
        let failed = |error| Error::io("list the machines", error);
        match fs::read_dir(&self.root) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(failed(error)),
            Ok(entries) => {
                let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
                names.collect::<std::io::Result<_>>().map_err(failed)
            }
        }
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

    fn spec(id: &str) -> MachineSpec {
        let resources =
            Resources { vcpus: 1, memory_mib: 512, cpu_weight: 100, cpu_limit_millis: None, cpuset: Vec::new() };
        MachineSpec {
            id: id.into(),
            image: "ami-0".into(),
            resources,
            root_disk_gib: 8,
            hostname: "h".into(),
            interfaces: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_machine_survives_the_control_plane_and_not_its_destruction() {
        let data = tempfile::tempdir().unwrap();
        let driver = StateOnly::new(data.path());
        assert_eq!(driver.state("i-1").await.unwrap(), MachineState::Absent);
        driver.create(&spec("i-1")).await.unwrap();
        driver.start("i-1").await.unwrap();

        let later = StateOnly::new(data.path());
        assert!(matches!(later.state("i-1").await.unwrap(), MachineState::Running { .. }));
        assert_eq!(later.list().await.unwrap(), ["i-1"]);
        later.destroy("i-1").await.unwrap();
        later.destroy("i-1").await.unwrap();
        assert_eq!(later.state("i-1").await.unwrap(), MachineState::Absent);
    }

    #[tokio::test]
    async fn ending_is_an_event_and_happens_once() {
        let data = tempfile::tempdir().unwrap();
        let driver = StateOnly::new(data.path());
        let mut events = driver.events();
        driver.create(&spec("i-1")).await.unwrap();
        driver.start("i-1").await.unwrap();
        driver.shut_down("i-1").await.unwrap();
        driver.kill("i-1").await.unwrap();
        assert_eq!(events.try_recv().unwrap(), MachineEvent::Exited { id: "i-1".into() });
        assert!(events.try_recv().is_err());
        assert!(driver.start("i-2").await.is_err());
    }
}
