//! A machine's directory and the files in it.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::disk;
use crate::driver::{Error, Result};
use crate::spec::MachineSpec;

/// As much of the console as is kept and shown.
const CONSOLE_BYTES: u64 = 64 * 1024;

/// Where the roots of machines are mounted. Not in the data directory, which is closed to all but its owner:
/// a container's own root, who is somebody else on the host, must get there while runc sets it up.
const ROOTS: &str = "/run/freehold/roots";

/// Paths of one machine.
#[derive(Debug, Clone)]
pub struct Directory {
    pub path: PathBuf,
    /// Mount points of this data directory's machines.
    roots: PathBuf,
    id: String,
}

impl Directory {
    pub fn new(data_dir: &Path, id: &str) -> Result<Self> {
        if !is_id(id) {
            return Err(Error::NoMachine(id.to_owned()));
        }
        let place = hex::encode(Sha256::digest(data_dir.as_os_str().as_encoded_bytes()));
        let roots = Path::new(ROOTS).join(place.get(..16).unwrap_or(&place));
        Ok(Self { path: data_dir.join("machines").join(id), roots, id: id.to_owned() })
    }

    pub fn exists(&self) -> bool {
        self.path.is_dir()
    }

    /// Whether the machine was made to its end: the specification is written last.
    pub fn is_whole(&self) -> bool {
        self.path.join("machine.json").exists()
    }

    pub fn disk_image(&self) -> PathBuf {
        disk::image_of(&self.path)
    }

    pub fn disk(&self) -> PathBuf {
        self.path.join("disk")
    }

    /// Where the machine's root is mounted.
    pub fn rootfs(&self) -> PathBuf {
        self.way().join("root")
    }

    /// The directory around the root's mount point: closed to all but the container's own root, because a guest
    /// may make set-user-id programs that nobody of the host should find.
    fn way(&self) -> PathBuf {
        self.roots.join(&self.id)
    }

    /// Makes the mount point of the root, reachable for the host's user `owner`.
    pub fn make_rootfs(&self, owner: u32) -> Result<PathBuf> {
        let failed = |error| Error::io("make the root's mount point", error);
        let mut last = ErrorKind::NotFound.into();
        for _ in 0..100 {
            match fs::DirBuilder::new().recursive(true).mode(0o711).create(self.way()) {
                Ok(()) => {
                    fs::set_permissions(self.way(), fs::Permissions::from_mode(0o700)).map_err(failed)?;
                    std::os::unix::fs::chown(self.way(), Some(owner), Some(owner)).map_err(failed)?;
                    fs::create_dir_all(self.rootfs()).map_err(failed)?;
                    return Ok(self.rootfs());
                }
                // Whose last machine just went takes the directories above with it.
                Err(error) if error.kind() == ErrorKind::NotFound => last = error,
                Err(error) => return Err(failed(error)),
            }
        }
        Err(failed(last))
    }

    /// Removes the directories of mount points, if no machine has one.
    pub fn remove_roots(&self) {
        if fs::remove_dir(&self.roots).is_ok() {
            let _ = fs::remove_dir(ROOTS);
        }
    }

    /// Where a layer with shifted owners is mounted while the root is put together.
    pub fn layer(&self, name: &str) -> PathBuf {
        self.path.join("layers").join(name)
    }

    pub fn pid_file(&self) -> PathBuf {
        self.path.join("init.pid")
    }

    /// The console of a running machine; on its own disk, so that a guest who writes much fills that.
    pub fn console_log(&self) -> PathBuf {
        self.disk().join("console.log")
    }

    fn console_tail(&self) -> PathBuf {
        self.path.join("console.tail")
    }

    pub fn make(&self) -> Result<()> {
        // Its disk holds the guest's files, of which some may have the set-user-id bit.
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path);
        made.map_err(|error| Error::io("make the machine's directory", error))
    }

    pub fn write_spec(&self, spec: &MachineSpec) -> Result<()> {
        let text = serde_json::to_vec_pretty(spec).map_err(|error| Error::io("write machine.json", error))?;
        self.write("machine.json", &text)
    }

    /// The specification; `None` if the machine was never made whole.
    pub fn read_spec(&self) -> Result<Option<MachineSpec>> {
        let failed = |error: std::io::Error| Error::io("read machine.json", error);
        match fs::read(self.path.join("machine.json")) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| failed(error.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Writes a file whole or not at all.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        let failed = |error| Error::io(format!("write {name}"), error);
        let draft = self.path.join(format!(".{name}.{:08x}", rand::random::<u32>()));
        let written = File::create(&draft).and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&draft, self.path.join(name))).map_err(|error| {
            let _ = fs::remove_file(&draft);
            failed(error)
        })
    }

    /// The end of the console, from the disk if it is mounted.
    pub fn console(&self) -> Result<Vec<u8>> {
        for path in [self.console_log(), self.console_tail()] {
            match tail(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                other => return other.map_err(|error| Error::io("read the console", error)),
            }
        }
        Ok(Vec::new())
    }

    /// Keeps the end of the console for the time in which the disk is not mounted.
    pub fn keep_console(&self) -> Result<()> {
        match tail(&self.console_log()) {
            Ok(end) => self.write("console.tail", &end),
            Err(_) => Ok(()),
        }
    }

    /// Undoes all mounts.
    pub fn unmount(&self) -> Result<()> {
        for path in [self.rootfs(), self.layer("image"), self.layer("disk")] {
            disk::unmount(&path)?;
        }
        let _ = fs::remove_dir(self.rootfs());
        let _ = fs::remove_dir(self.way());
        if disk::is_mounted(&self.disk()) {
            self.keep_console()?;
        }
        disk::unmount(&self.disk())
    }

    /// Removes the directory. The specification goes last: it says what else there was.
    pub fn remove(&self) -> Result<()> {
        let failed = |error| Error::io("remove the machine's directory", error);
        if !self.exists() {
            return Ok(());
        }
        let places = [self.rootfs(), self.disk(), self.layer("image"), self.layer("disk")];
        if places.iter().any(|path| disk::is_mounted(path)) {
            return Err(failed(std::io::Error::from(ErrorKind::ResourceBusy)));
        }
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name() == "machine.json" {
                continue;
            }
            let removed = if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                fs::remove_dir_all(entry.path())
            } else {
                fs::remove_file(entry.path())
            };
            removed.map_err(failed)?;
        }
        fs::remove_dir_all(&self.path).map_err(failed)
    }
}

/// `[a-z0-9-]{1,40}`: one path component, one control group, one runc container.
pub fn is_id(id: &str) -> bool {
    (1..=40).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn tail(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(CONSOLE_BYTES)))?;
    let mut end = Vec::new();
    file.take(CONSOLE_BYTES).read_to_end(&mut end)?;
    Ok(end)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn ids_are_one_harmless_word() {
        assert!(is_id("i-0123456789abcdef0"));
        for bad in ["", "..", "a/b", "A", "a b", &"a".repeat(41)] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn the_console_keeps_its_end() {
        let place = crate::testing::directory("console");
        let directory = Directory::new(place.path(), "i-1").unwrap();
        directory.make().unwrap();
        assert!(directory.console().unwrap().is_empty());
        fs::create_dir(directory.disk()).unwrap();
        let mut text = vec![b'a'; 70_000];
        text.push(b'z');
        fs::write(directory.console_log(), &text).unwrap();
        directory.keep_console().unwrap();
        fs::remove_file(directory.console_log()).unwrap();
        let end = directory.console().unwrap();
        assert_eq!(end.len(), 65_536);
        assert_eq!(end.last(), Some(&b'z'));
    }
}
