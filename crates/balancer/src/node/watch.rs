//! Notices that `config.json` is another one. It is written whole and renamed into place, so what is read is whole; and a
//! look at its inode costs so little that nothing cleverer is needed to be prompt.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::config::Config;

pub struct ConfigFile {
    path: PathBuf,
    seen: Option<Identity>,
}

/// Device, inode, size and time of change.
type Identity = (u64, u64, u64, i64, i64);

impl ConfigFile {
    pub fn new(directory: &Path) -> ConfigFile {
        ConfigFile { path: directory.join("config.json"), seen: None }
    }

    /// The configuration, if it has changed since the last time. An error is reported once for each change.
    pub fn changed(&mut self) -> Option<io::Result<Config>> {
        let metadata = fs::metadata(&self.path).ok()?;
        let identity = (metadata.dev(), metadata.ino(), metadata.size(), metadata.mtime(), metadata.mtime_nsec());
        if self.seen == Some(identity) {
            return None;
        }
        self.seen = Some(identity);
        Some(self.read())
    }

    fn read(&self) -> io::Result<Config> {
        let text = fs::read(&self.path)?;
        Ok(serde_json::from_slice(&text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_for_each_change() {
        let directory = tempfile::tempdir().unwrap();
        let mut file = ConfigFile::new(directory.path());
        assert!(file.changed().is_none());
        fs::write(directory.path().join("config.json"), "{}").unwrap();
        assert!(file.changed().unwrap().is_err());
        assert!(file.changed().is_none());
        fs::write(directory.path().join("new"), "{ }").unwrap();
        fs::rename(directory.path().join("new"), directory.path().join("config.json")).unwrap();
        assert!(file.changed().is_some());
    }
}
