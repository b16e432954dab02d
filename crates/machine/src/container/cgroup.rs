//! The machine's control groups, in whichever hierarchies the host has (v1, v2, or some of each): runc makes
//! them at `/freehold/<id>`; ending what is in them and removing them works without runc.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::driver::{Error, Result};

const PARENT: &str = "freehold";
/// Killed processes leave their group when they are reaped, usually within a millisecond.
const PATIENCE: Duration = Duration::from_secs(10);

/// The machine's path in every hierarchy.
pub fn path_of(id: &str) -> String {
    format!("/{PARENT}/{id}")
}

/// Mount points of all hierarchies. Read each time: they are few, and tests come and go.
fn hierarchies() -> Vec<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    parse(&mounts)
}

fn parse(mounts: &str) -> Vec<PathBuf> {
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            let (target, kind) = (fields.next()?, fields.next()?);
            matches!(kind, "cgroup" | "cgroup2").then(|| PathBuf::from(target))
        })
        .collect()
}

/// Whether the host's controllers are all in one v2 hierarchy.
pub fn is_unified() -> bool {
    Path::new("/sys/fs/cgroup/cgroup.controllers").exists()
}

/// Whether the kernel can keep a group from swapping.
pub fn limits_swap() -> bool {
    is_unified() || Path::new("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes").exists()
}

/// Whether that process is in one of the machine's groups.
pub fn holds(id: &str, pid: u32) -> bool {
    let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let suffix = path_of(id);
    groups.lines().any(|line| line.splitn(3, ':').nth(2).is_some_and(|path| is_or_below(path, &suffix)))
}

fn is_or_below(path: &str, group: &str) -> bool {
    path.strip_prefix(group).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What the machine's groups count: time of CPUs since they were made, and memory held now.
pub fn usage(id: &str) -> (Duration, u64) {
    let groups: Vec<_> = hierarchies().iter().map(|root| root.join(PARENT).join(id)).collect();
    let read = |file: &str| groups.iter().find_map(|group| fs::read_to_string(group.join(file)).ok());
    let number = |file: &str| read(file)?.trim().parse::<u64>().ok();
    let cpu = number("cpuacct.usage")
        .map(Duration::from_nanos)
        .or_else(|| read("cpu.stat").as_deref().and_then(cpu_stat).map(Duration::from_micros));
    let memory = number("memory.usage_in_bytes").or_else(|| number("memory.current"));
    (cpu.unwrap_or_default(), memory.unwrap_or_default())
}

/// `usage_usec` of a version 2 group's `cpu.stat`.
fn cpu_stat(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("usage_usec "))?.trim().parse().ok()
}

/// Kills everything in the machine's groups and removes them. Blocks until that is done.
pub fn clear(id: &str) -> Result<()> {
    let failed = |error| Error::io("remove the machine's control groups", error);
    let groups: Vec<_> = hierarchies().iter().map(|root| root.join(PARENT).join(id)).collect();
    let began = Instant::now();
    loop {
        let mut left = false;
        for group in &groups {
            kill_tree(group);
            match remove_tree(group) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::ResourceBusy => left = true,
                Err(error) => return Err(failed(error)),
            }
        }
        if !left {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(failed(ErrorKind::ResourceBusy.into()));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Removes the parent of all machines' groups, if there are none. Nothing may be starting meanwhile.
pub fn remove_parent() {
    for root in hierarchies() {
        let _ = fs::remove_dir(root.join(PARENT));
    }
}

fn children(group: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(group).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect()
}

fn kill_tree(group: &Path) {
    for child in children(group) {
        kill_tree(&child);
    }
    let processes = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
    for pid in processes.lines().filter_map(|line| line.parse().ok()).filter_map(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
    // A frozen process of v1 dies only when it thaws.
    if !processes.is_empty() && group.join("freezer.state").exists() {
        let _ = fs::write(group.join("freezer.state"), "THAWED");
    }
}

fn remove_tree(group: &Path) -> std::io::Result<()> {
    for child in children(group) {
        remove_tree(&child)?;
    }
    match fs::remove_dir(group) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn hierarchies_of_both_versions_are_found() {
        let mounts = "proc /proc proc rw 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n\
                      cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        let found = parse(mounts);
        assert_eq!(found, [Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup/unified")]);
    }

    #[test]
    fn time_is_read_from_either_version() {
        assert_eq!(cpu_stat("usage_usec 1500\nuser_usec 1000\n"), Some(1500));
        assert_eq!(cpu_stat("nr_periods 0\n"), None);
        assert_eq!(usage("no-such-machine"), (Duration::ZERO, 0));
    }

    #[test]
    fn a_group_is_not_another_whose_name_it_begins() {
        assert!(is_or_below("/freehold/i-1", "/freehold/i-1"));
        assert!(is_or_below("/freehold/i-1/user", "/freehold/i-1"));
        assert!(!is_or_below("/freehold/i-12", "/freehold/i-1"));
    }
}
