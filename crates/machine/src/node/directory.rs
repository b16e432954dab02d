//! A node's directory. The program's group may make files in it and touch none of ours (the sticky bit), so that a
//! program that was taken over can forge no more than its own status.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown, lchown};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::NodeSpec;
use super::process::Identity;
use crate::container::is_id;
use crate::driver::{Error, Result};
use crate::vm::user_of;

/// No honest status is larger.
const STATUS_BYTES: u64 = 16 << 20;
/// A log that has grown beyond this is put aside when the program starts again.
const LOG_BYTES: u64 = 4 << 20;

/// `node.json`: what the node has on the host, written before it has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub spec: NodeSpec,
    /// The program's process, once there is one.
    pub process: Option<Identity>,
}

/// Paths of one node.
#[derive(Debug, Clone)]
pub struct Directory {
    pub path: PathBuf,
    pub id: String,
}

impl Directory {
    pub fn new(all: &Path, id: &str) -> Result<Self> {
        if !is_id(id) {
            return Err(Error::Unsupported(format!("{id:?} cannot be the name of a node")));
        }
        Ok(Self { path: all.join(id), id: id.to_owned() })
    }

    /// The program's user and group.
    pub fn user(&self) -> u32 {
        user_of(&self.group())
    }

    /// Its control group below Freehold's.
    pub fn group(&self) -> String {
        format!("lb-{}", self.id)
    }

    pub fn exists(&self) -> bool {
        self.path.is_dir()
    }

    pub fn make(&self) -> Result<()> {
        let failed = |error| Error::io("make a node's directory", error);
        fs::create_dir_all(&self.path).map_err(failed)?;
        chown(&self.path, None, Some(self.user())).map_err(failed)?;
        fs::set_permissions(&self.path, fs::Permissions::from_mode(0o1770)).map_err(failed)
    }

    pub fn record(&self) -> Result<Option<Record>> {
        match fs::read(self.path.join("node.json")) {
            // A damaged one says nothing; the process it may have meant is found by its control group.
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read node.json", error)),
        }
    }

    pub fn write_record(&self, record: &Record) -> Result<()> {
        let text = serde_json::to_vec_pretty(record).map_err(|error| Error::io("write node.json", error))?;
        self.write("node.json", &text, 0o600)
    }

    /// For the program to read, and nobody else: it may hold private keys.
    pub fn write_config(&self, config: &[u8]) -> Result<()> {
        if fs::read(self.path.join("config.json")).is_ok_and(|present| present == config) {
            return Ok(());
        }
        self.write("config.json", config, 0o640)
    }

    /// Writes a file whole or not at all.
    fn write(&self, name: &str, content: &[u8], mode: u32) -> Result<()> {
        let failed = |error| Error::io(format!("write {name}"), error);
        let draft = self.path.join(format!(".{name}.{:016x}", rand::random::<u64>()));
        let written = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
            file.write_all(content)?;
            std::os::unix::fs::fchown(&file, None, Some(self.user()))?;
            file.set_permissions(fs::Permissions::from_mode(mode))?;
            file.sync_all()?;
            fs::rename(&draft, self.path.join(name))
        };
        written().map_err(|error| {
            let _ = fs::remove_file(&draft);
            failed(error)
        })
    }

    /// A socket for the program to ask us by. What has its name goes: an earlier control plane's, or the program's own.
    pub fn listen(&self, name: &str) -> Result<UnixListener> {
        let listen = || {
            // By a descriptor of the directory, whose own path may be longer than that of a socket.
            let directory = File::open(&self.path)?;
            let path = PathBuf::from(format!("/proc/self/fd/{}", directory.as_raw_fd())).join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let listener = UnixListener::bind(&path)?;
            lchown(&path, None, Some(self.user()))?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o660))?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        listen().map_err(|error| Error::io(format!("listen on {name} in a node's directory"), error))
    }

    /// What the program says. The file is another user's: no link is followed, and only so much is read.
    pub fn status(&self) -> Result<Option<Vec<u8>>> {
        let failed = |error| Error::io("read a node's status", error);
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        let file = match options.open(self.path.join("status.json")) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut text = Vec::new();
        file.take(STATUS_BYTES).read_to_end(&mut text).map_err(failed)?;
        Ok(Some(text))
    }

    /// Where the program's own words go.
    pub fn log(&self) -> Result<File> {
        let path = self.path.join("node.log");
        let is_long = fs::symlink_metadata(&path).is_ok_and(|known| known.len() > LOG_BYTES);
        if is_long {
            let _ = fs::rename(&path, self.path.join("node.log.1"));
        }
        let mut options = OpenOptions::new();
        options.create(true).append(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
        options.open(&path).map_err(|error| Error::io("open a node's log", error))
    }

    /// Removes it, the record last: it says what else there was.
    pub fn remove(&self) -> Result<()> {
        let failed = |error| Error::io("remove a node's directory", error);
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            if entry.file_name() == "node.json" {
                continue;
            }
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let removed = if is_directory { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
            removed.map_err(failed)?;
        }
        fs::remove_dir_all(&self.path).map_err(failed)
    }
}
