//! Runs `runc`. Its own complaints go to a log, because its standard streams become the machine's console.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::bundle::Users;
use super::directory::Directory;
use crate::driver::{Error, Result};

/// runc's directory of state.
#[derive(Debug, Clone)]
pub struct Runc {
    root: PathBuf,
}

#[derive(Deserialize)]
struct LogLine {
    level: String,
    msg: String,
}

impl Runc {
    pub fn new(data_dir: &Path) -> Self {
        Self { root: data_dir.join("runc") }
    }

    /// Makes the container: everything but the first instruction of its init.
    pub fn create(&self, directory: &Directory, id: &str, users: Option<Users>) -> Result<()> {
        let failed = |error| Error::io("open the console", error);
        let console = OpenOptions::new().create(true).append(true).open(directory.console_log()).map_err(failed)?;
        // The guest opens it by its name too, as /dev/stdout.
        let owner = users.map_or(0, |users| users.first);
        std::os::unix::fs::fchown(&console, Some(owner), Some(owner)).map_err(failed)?;
        let mut command = Command::new("runc");
        command.arg("--root").arg(&self.root);
        command.arg("--log").arg(self.log(directory)).args(["--log-format", "json", "create"]);
        command.arg("--bundle").arg(&directory.path).arg("--pid-file").arg(directory.pid_file()).arg(id);
        command.stdin(Stdio::null()).stdout(console.try_clone().map_err(failed)?).stderr(console);
        self.run(directory, &mut command)
    }

    /// Lets the container's init go.
    pub fn start(&self, directory: &Directory, id: &str) -> Result<()> {
        let mut command = Command::new("runc");
        command.arg("--root").arg(&self.root);
        command.arg("--log").arg(self.log(directory)).args(["--log-format", "json", "start", id]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.run(directory, &mut command)
    }

    /// Forgets the container. What runs in it is ended elsewhere.
    pub fn forget(&self, id: &str) -> Result<()> {
        match fs::remove_dir_all(self.root.join(id)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove runc's state", error)),
            _ => Ok(()),
        }
    }

    fn log(&self, directory: &Directory) -> PathBuf {
        directory.path.join("runc.log")
    }

    fn run(&self, directory: &Directory, command: &mut Command) -> Result<()> {
        let _ = fs::remove_file(self.log(directory));
        let status = command.status().map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                Error::Unsupported("runc is not installed on this host".into())
            } else {
                Error::io("run runc", error)
            }
        })?;
        if status.success() {
            return Ok(());
        }
        let log = fs::read_to_string(self.log(directory)).unwrap_or_default();
        Err(Error::Program { program: "runc", detail: reason(&log).unwrap_or_else(|| status.to_string()) })
    }
}

/// The errors in runc's log.
fn reason(log: &str) -> Option<String> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<LogLine>(line).ok());
    let errors: Vec<_> =
        lines.filter(|line| line.level == "error" || line.level == "fatal").map(|line| line.msg).collect();
    (!errors.is_empty()).then(|| errors.join("; "))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_errors_in_a_log_are_the_reason() {
        let log =
            "{\"level\":\"warning\",\"msg\":\"a\",\"time\":\"\"}\nnonsense\n{\"level\":\"error\",\"msg\":\"b\"}\n";
        assert_eq!(reason(log).as_deref(), Some("b"));
        assert_eq!(reason(""), None);
    }
}
