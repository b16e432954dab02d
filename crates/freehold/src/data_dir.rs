//! Everything a region keeps is below one directory. This is the only place that knows the names in it.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::{FlockOperation, flock};

/// A region's data directory.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

/// Held by the one control plane (or deleting command) of a data directory; ends with the process.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, not read")] File);

impl DataDir {
    /// `explicit`, else the user's default.
    pub fn new(explicit: Option<PathBuf>) -> Result<Self> {
        let path = match explicit {
            Some(path) => std::path::absolute(&path).with_context(|| format!("the path {}", path.display()))?,
            None if rustix::process::geteuid().is_root() => "/var/lib/freehold".into(),
            None => match (std::env::var_os("XDG_DATA_HOME"), std::env::var_os("HOME")) {
                (Some(data), _) if !data.is_empty() => Path::new(&data).join("freehold"),
                (_, Some(home)) if !home.is_empty() => Path::new(&home).join(".local/share/freehold"),
                _ => bail!("neither XDG_DATA_HOME nor HOME is set; say where with --data-dir"),
            },
        };
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The directory of the durable state.
    pub fn state(&self) -> PathBuf {
        self.0.join("state")
    }

    /// Which process is the control plane.
    pub fn pid_file(&self) -> PathBuf {
        self.0.join("freehold.pid")
    }

    /// What a detached control plane logs.
    pub fn log(&self) -> PathBuf {
        self.0.join("freehold.log")
    }

    /// The account's root key, for `freehold env`.
    pub fn root_key(&self) -> PathBuf {
        self.0.join("root-key.json")
    }

    /// A directory per machine.
    pub fn machines(&self) -> PathBuf {
        self.0.join("machines")
    }

    /// A directory per node of a load balancer.
    pub fn balancers(&self) -> PathBuf {
        self.0.join("balancers")
    }

    /// What machines are made of here.
    pub fn machine_kind(&self) -> PathBuf {
        self.0.join("machines.json")
    }

    /// The image store.
    pub fn images(&self) -> PathBuf {
        self.0.join("images")
    }

    /// A directory for each bucket that access logs go to.
    pub fn buckets(&self) -> PathBuf {
        self.0.join("buckets")
    }

    /// What a user says that things cost, in the place of the prices that come with the program.
    pub fn prices(&self) -> PathBuf {
        self.0.join("prices.toml")
    }

    /// Certificates of the region's address, with their keys.
    pub fn tls(&self) -> PathBuf {
        self.0.join("tls")
    }

    /// What clients trust that speak TLS.
    pub fn ca(&self) -> PathBuf {
        self.tls().join("ca.pem")
    }

    /// Makes the directory, for its owner's eyes only: it holds keys.
    pub fn create(&self) -> Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .with_context(|| format!("the data directory {} cannot be made", self.0.display()))
    }

    /// Takes the directory for this process; `None` if another one has it.
    pub fn try_lock(&self) -> Result<Option<Lock>> {
        let path = self.0.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Lock(file))),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be locked", path.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_process_holds_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(Some(dir.path().join("deep/er"))).unwrap();
        data.create().unwrap();
        let held = data.try_lock().unwrap().expect("free");
        assert!(data.try_lock().unwrap().is_none());
        drop(held);
        assert!(data.try_lock().unwrap().is_some());
    }

    #[test]
    fn the_directory_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(Some(dir.path().join("data"))).unwrap();
        data.create().unwrap();
        assert_eq!(fs::metadata(data.path()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
