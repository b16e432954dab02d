//! The program that nodes run. It is held by a descriptor, not by its path: an upgrade that puts another file in its
//! place does not let this control plane start a program that it does not know.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::driver::{Error, Result};

/// A program with its arguments.
#[derive(Debug)]
pub struct Program {
    file: File,
    /// As the process is listed.
    pub name: String,
    pub arguments: Vec<String>,
}

impl Program {
    /// The program that this process runs, whatever became of its file.
    pub fn of_this_process(name: &str, arguments: &[&str]) -> Result<Self> {
        Self::open(Path::new("/proc/self/exe"), name, arguments)
    }

    /// Any other.
    pub fn open(path: &Path, name: &str, arguments: &[&str]) -> Result<Self> {
        let file =
            File::open(path).map_err(|error| Error::io(format!("open the program {}", path.display()), error))?;
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Ok(Self { file, name: name.to_owned(), arguments })
    }

    /// Refuses a file that other users cannot execute.
    pub(super) fn check(&self) -> Result<()> {
        let known = self.file.metadata().map_err(|error| Error::io("look at the program of nodes", error))?;
        if known.permissions().mode() & 0o001 == 0 {
            return Err(Error::Unsupported(format!(
                "the program {} must be executable by everybody: nodes run under users of their own",
                self.name
            )));
        }
        Ok(())
    }

    /// A path that means this very file to a child of this process, up to its `exec`.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()))
    }
}
