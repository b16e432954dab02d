//! A machine's directory: what was asked for, and whether it lives.
//!
//! A lock tells the living from the dead: QEMU inherits a locked descriptor of `vm.lock` and the kernel drops
//! the lock with the process. Its process id is written into the same file between fork and exec. So there is
//! no moment in which a machine runs and a new control plane could not know.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::FlockOperation;

use crate::driver::{Error, Result};
use crate::spec::MachineSpec;

/// `machines/<id>`.
#[derive(Debug, Clone)]
pub struct Directory {
    pub id: String,
    pub path: PathBuf,
}

impl Directory {
    /// The directory of a machine, whether or not it is there. Ids that could leave `machines` are refused.
    pub fn of(machines: &Path, id: &str) -> Result<Self> {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > 40 || !id.chars().all(legal) {
            return Err(Error::NoMachine(id.to_owned()));
        }
        Ok(Self { id: id.to_owned(), path: machines.join(id) })
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub fn create(&self) -> Result<()> {
        std::fs::create_dir_all(&self.path)
            .map_err(|source| Error::io(format!("making {}", self.path.display()), source))
    }

    pub fn spec(&self) -> Result<MachineSpec> {
        let path = self.file("machine.json");
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::NoMachine(self.id.clone()));
            }
            Err(error) => return Err(Error::io(format!("reading {}", path.display()), error)),
        };
        serde_json::from_slice(&text)
            .map_err(|error| Error::io(format!("reading {}", path.display()), std::io::Error::from(error)))
    }

    /// [`Error::NoMachine`] if there is none. A damaged specification is no reason not to end the machine.
    pub fn is_made(&self) -> Result<()> {
        if self.file("machine.json").exists() { Ok(()) } else { Err(Error::NoMachine(self.id.clone())) }
    }

    /// Written beside and moved over, so that it is whole at any moment.
    pub fn write_spec(&self, spec: &MachineSpec) -> Result<()> {
        let (path, draft) = (self.file("machine.json"), self.file(".machine.json"));
        let write = || -> std::io::Result<()> {
            std::fs::write(&draft, serde_json::to_vec_pretty(spec)?)?;
            File::open(&draft)?.sync_all()?;
            std::fs::rename(&draft, &path)
        };
        write().map_err(|source| Error::io(format!("writing {}", path.display()), source))
    }

    /// The process id of the VMM that holds the lock.
    pub fn running(&self) -> Result<Option<u32>> {
        let Ok(mut file) = File::open(self.file("vm.lock")) else { return Ok(None) };
        let begun = Instant::now();
        loop {
            // Shared, so that two who look do not take each other for a VMM.
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared) {
                Ok(()) => return Ok(None),
                Err(rustix::io::Errno::WOULDBLOCK) => {}
                Err(error) => return Err(Error::io("looking at a machine's lock", error)),
            }
            let mut text = String::new();
            rustix::fs::seek(&file, rustix::fs::SeekFrom::Start(0))
                .map_err(|error| Error::io("reading a machine's lock", error))?;
            file.read_to_string(&mut text).map_err(|error| Error::io("reading a machine's lock", error))?;
            if let Ok(pid) = text.trim().parse() {
                return Ok(Some(pid));
            }
            // Locked and not written: somebody is between fork and exec.
            if begun.elapsed() > Duration::from_secs(5) {
                return Err(Error::io("a machine's lock is held by nobody known", std::io::ErrorKind::TimedOut));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Takes the lock for a VMM about to start; `None` if one lives.
    pub fn lock(&self) -> Result<Option<File>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.file("vm.lock"))
            .map_err(|source| Error::io("opening a machine's lock", source))?;
        let begun = Instant::now();
        loop {
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(rustix::io::Errno::WOULDBLOCK) => {}
                Err(error) => return Err(Error::io("locking a machine", error)),
            }
            // Somebody who only looks holds it for microseconds.
            if begun.elapsed() > Duration::from_millis(200) {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        file.set_len(0).map_err(|source| Error::io("emptying a machine's lock", source))?;
        Ok(Some(file))
    }

    pub fn remove(&self) -> Result<()> {
        match std::fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io(format!("removing {}", self.path.display()), error))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn ids_cannot_leave_the_directory() {
        for id in ["", "..", "a/b", "A", "a\0", &"x".repeat(41)] {
            assert!(Directory::of(Path::new("/m"), id).is_err(), "{id:?}");
        }
        assert!(Directory::of(Path::new("/m"), "i-0123456789abcdef0").is_ok());
    }

    #[test]
    fn a_machine_runs_for_as_long_as_its_lock_is_held() {
        let machines = tempfile::tempdir().unwrap();
        let directory = Directory::of(machines.path(), "i-1").unwrap();
        directory.create().unwrap();
        assert_eq!(directory.running().unwrap(), None);
        let mut held = directory.lock().unwrap().unwrap();
        held.write_all(b"42\n").unwrap();
        assert_eq!(directory.running().unwrap(), Some(42));
        assert!(directory.lock().unwrap().is_none());
        drop(held);
        // A process that another thread forks keeps a copy of the lock until it executes its program.
        let dropped = Instant::now();
        while directory.running().unwrap().is_some() {
            assert!(dropped.elapsed() < Duration::from_secs(10), "the lock stays");
            std::thread::yield_now();
        }
    }
}
