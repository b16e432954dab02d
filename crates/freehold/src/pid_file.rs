//! Which process is the control plane of a data directory. A pid alone may be someone else's by now, so the file
//! holds the process's start time as well, and the two together name one process for as long as the host is up.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

/// What the file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub pid: i32,
    /// Clock ticks between the host's boot and the process's start (proc(5), `stat`, field 22).
    pub start_time: u64,
    /// `http://127.0.0.1:4566`
    pub endpoint: String,
    pub listen: SocketAddr,
    pub version: String,
}

impl Record {
    /// This process, serving at `listen`.
    pub fn of_this_process(listen: SocketAddr) -> Result<Self> {
        let pid = rustix::process::getpid().as_raw_nonzero().get();
        let start_time = start_time(pid).context("/proc tells nothing about this process")?;
        let version = env!("CARGO_PKG_VERSION").into();
        Ok(Self { pid, start_time, endpoint: endpoint(listen), listen, version })
    }

    /// Writes the file so that a reader sees all of it or none.
    pub fn write(&self, path: &Path) -> Result<()> {
        let temporary = path.with_extension("pid.new");
        let mut text = serde_json::to_vec(self)?;
        text.push(b'\n');
        std::fs::File::create(&temporary)
            .and_then(|mut file| file.write_all(&text))
            .and_then(|()| std::fs::rename(&temporary, path))
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    /// The control plane that runs now, if one does.
    pub fn of_running(path: &Path) -> Option<Self> {
        let record: Self = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
        record.is_running().then_some(record)
    }

    pub fn is_running(&self) -> bool {
        start_time(self.pid) == Some(self.start_time)
    }

    /// Sends a signal to that process and no other; `false` if it is gone.
    pub fn signal(&self, signal: Signal) -> Result<bool> {
        let Some(pid) = Pid::from_raw(self.pid) else { return Ok(false) };
        // The descriptor is taken before the check: from then on it cannot come to mean another process.
        let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return Ok(false) };
        if !self.is_running() {
            return Ok(false);
        }
        match pidfd_send_signal(&process, signal) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::SRCH) => Ok(false),
            Err(error) => Err(error).with_context(|| format!("process {} cannot be told to end", self.pid)),
        }
    }
}

/// Where clients of this host reach a listener.
fn endpoint(listen: SocketAddr) -> String {
    let mut reached = listen;
    if listen.ip().is_unspecified() {
        reached.set_ip(match listen {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{reached}")
}

/// Start time of a process that is alive (a zombie is not).
fn start_time(pid: i32) -> Option<u64> {
    parse_stat(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_stat(stat: &str) -> Option<u64> {
    // The second field is the program's name in parentheses and may hold anything, parentheses included.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_record_names_this_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("freehold.pid");
        let record = Record::of_this_process("127.0.0.1:4566".parse().unwrap()).unwrap();
        record.write(&path).unwrap();
        assert_eq!(Record::of_running(&path), Some(record));
    }

    #[test]
    fn another_process_with_the_same_pid_is_not_the_control_plane() {
        let mut record = Record::of_this_process("127.0.0.1:4566".parse().unwrap()).unwrap();
        record.start_time += 1;
        assert!(!record.is_running());
        assert!(!record.signal(Signal::TERM).unwrap());
    }

    #[test]
    fn a_damaged_file_names_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("freehold.pid");
        std::fs::write(&path, b"{\"pid\": 1").unwrap();
        assert_eq!(Record::of_running(&path), None);
    }

    #[test]
    fn names_with_parentheses_do_not_confuse_the_parser() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 2 0 12345 1 2";
        assert_eq!(parse_stat(stat), Some(12345));
        assert_eq!(parse_stat(&stat.replace(" S ", " Z ")), None);
    }

    #[test]
    fn an_endpoint_is_an_address_that_can_be_connected_to() {
        assert_eq!(endpoint("0.0.0.0:80".parse().unwrap()), "http://127.0.0.1:80");
        assert_eq!(endpoint("[::]:80".parse().unwrap()), "http://[::1]:80");
        assert_eq!(endpoint("10.1.2.3:80".parse().unwrap()), "http://10.1.2.3:80");
    }
}
