//! PID 1 of a container, seen from the host.

use std::fs;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, Signal};

use super::cgroup;
use super::directory::Directory;
use crate::driver::{Error, Result};

/// A live init process. The descriptor keeps meaning this process, whatever becomes of its number.
#[derive(Debug)]
pub struct Init {
    pub pid: u32,
    pub descriptor: OwnedFd,
}

/// Finds the machine's init process, if it is alive. The number may have been given to another process since
/// it was written down; being in the machine's control group tells them apart.
pub fn find(directory: &Directory, id: &str) -> Option<Init> {
    let pid: u32 = fs::read_to_string(directory.pid_file()).ok()?.trim().parse().ok()?;
    let raw = Pid::from_raw(i32::try_from(pid).ok()?)?;
    let descriptor = rustix::process::pidfd_open(raw, PidfdFlags::NONBLOCK).ok()?;
    // Asked after the descriptor was opened: from here on it is one and the same process.
    (cgroup::holds(id, pid) && !is_zombie(pid)).then_some(Init { pid, descriptor })
}

/// A zombie is over; whoever started it just has not noticed.
fn is_zombie(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    matches!(state, None | Some('Z' | 'X'))
}

impl Init {
    pub fn signal(&self, signal: Signal) -> Result<()> {
        match rustix::process::pidfd_send_signal(&self.descriptor, signal) {
            // Gone meanwhile.
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(Error::io("signal the machine", error)),
        }
    }
}
