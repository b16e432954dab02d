//! A node's process, seen from the host.

use std::fs;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags};
use serde::{Deserialize, Serialize};

use crate::container::cgroup;

/// Which process it is: a number can be given to another one, a number with the time of its start cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub pid: u32,
    /// In clock ticks since the host's boot.
    pub started: u64,
}

impl Identity {
    /// Of the process with this number now; `None` if there is none, or it is over.
    pub fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let started = parse(&stat)?;
        Some(Self { pid, started })
    }

    /// A descriptor of it, if it lives and is in the control group.
    pub fn find(self, group: &str) -> Option<OwnedFd> {
        let raw = Pid::from_raw(i32::try_from(self.pid).ok()?)?;
        let descriptor = rustix::process::pidfd_open(raw, PidfdFlags::NONBLOCK).ok()?;
        // Asked after the descriptor was opened: from here on it is one and the same process.
        (Self::of(self.pid) == Some(self) && cgroup::holds(group, self.pid)).then_some(descriptor)
    }
}

/// The time of start in `/proc/<pid>/stat`, field 22; `None` for a zombie. The second field is the program's name, in
/// parentheses, and may hold anything.
fn parse(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_start_is_read_behind_any_name() {
        let rest: Vec<String> = (4..=52).map(|field| field.to_string()).collect();
        let stat = format!("7 (a) b) S {}", rest.join(" "));
        assert_eq!(parse(&stat), Some(22));
        assert_eq!(parse(&stat.replace(" S ", " Z ")), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn this_process_is_itself() {
        let own = Identity::of(std::process::id()).unwrap();
        assert_eq!(Identity::of(own.pid), Some(own));
    }
}
