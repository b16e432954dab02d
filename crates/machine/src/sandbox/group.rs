//! The control groups of a sandbox, in version 1, version 2, or both: `/freehold/fn-…` in each hierarchy.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::container::cgroup::clear;
use crate::driver::{Error, Result};
use crate::vm::Hierarchies;

const PARENT: &str = "freehold";
const CONTROLLERS: [&str; 4] = ["cpu", "memory", "freezer", "pids"];
/// *Developer Guide, Lambda quotas*: processes and threads; and the init.
const PROCESSES: u32 = 1024 + 1;
/// Shorter than the kernel's own: a function that has used up its share waits for this long at most.
const PERIOD_MICROS: u64 = 20_000;
/// The kernel's least.
const LEAST_MICROS: u64 = 1_000;

/// Where the controllers of this host are.
#[derive(Debug, Clone)]
pub struct Controllers {
    /// The root of its hierarchy, and whether that is of version 2.
    of: BTreeMap<&'static str, (PathBuf, bool)>,
}

impl Controllers {
    pub fn detect() -> Result<Self> {
        let found = Hierarchies::detect_all(&CONTROLLERS)?;
        let mut of = BTreeMap::new();
        for name in CONTROLLERS {
            if let Some(root) = found.v1.get(name) {
                of.insert(name, (root.clone(), false));
            } else if let Some((root, names)) = &found.v2 {
                // The freezer is part of version 2 itself.
                if names.iter().any(|known| known == name) || name == "freezer" && !names.is_empty() {
                    of.insert(name, (root.clone(), true));
                }
            }
        }
        for needed in CONTROLLERS {
            if !of.contains_key(needed) {
                return Err(Error::Unsupported(format!("the host has no {needed} controller for control groups")));
            }
        }
        Ok(Self { of })
    }

    /// Makes the groups of that name.
    pub fn create(&self, name: &str) -> Result<Group> {
        let mut attempts = 0;
        loop {
            match self.try_create(name) {
                // Whoever removed the last machine took the group above along.
                Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound && attempts < 20 => {
                    attempts += 1;
                }
                other => return other,
            }
        }
    }

    fn try_create(&self, name: &str) -> Result<Group> {
        let mut of = BTreeMap::new();
        for (&controller, (root, is_v2)) in &self.of {
            let group = root.join(PARENT).join(name);
            if !group.exists() {
                let step = |error| Error::io(format!("make {}", group.display()), error);
                if *is_v2 {
                    fs::create_dir_all(root.join(PARENT)).map_err(step)?;
                    for above in [root.clone(), root.join(PARENT)] {
                        write(&above.join("cgroup.subtree_control"), "+cpu +memory +pids")?;
                    }
                }
                fs::create_dir_all(&group).map_err(step)?;
            }
            of.insert(controller, (group, *is_v2));
        }
        let (freezer, is_v2) = &of["freezer"];
        let switch = freezer.join(if *is_v2 { "cgroup.freeze" } else { "freezer.state" });
        let switch = File::options().write(true).open(&switch).map_err(|error| Error::io("open the freezer", error))?;
        Ok(Group { name: name.to_owned(), switch, is_frozen_by_v2: *is_v2, of })
    }

    /// Removes the groups whose names begin with `prefix`, with everything that runs in them.
    pub fn remove_all(&self, prefix: &str) -> Result<()> {
        let mut names = std::collections::BTreeSet::new();
        for (root, _) in self.of.values() {
            let entries = fs::read_dir(root.join(PARENT)).into_iter().flatten().flatten();
            let found = entries.filter_map(|entry| entry.file_name().into_string().ok());
            names.extend(found.filter(|name| name.starts_with(prefix)));
        }
        names.iter().try_for_each(|name| clear(name))
    }
}

/// The groups of one sandbox.
#[derive(Debug)]
pub struct Group {
    pub name: String,
    switch: File,
    is_frozen_by_v2: bool,
    of: BTreeMap<&'static str, (PathBuf, bool)>,
}

impl Group {
    /// The files to write a process into.
    pub fn procs(&self) -> Vec<PathBuf> {
        let mut all: Vec<_> = self.of.values().map(|(group, _)| group.join("cgroup.procs")).collect();
        all.sort();
        all.dedup();
        all
    }

    pub fn limit_processes(&self) -> Result<()> {
        self.set("pids", "pids.max", "pids.max", &PROCESSES.to_string())
    }

    fn set(&self, controller: &str, v1: &str, v2: &str, value: &str) -> Result<()> {
        let Some((group, is_v2)) = self.of.get(controller) else { return Ok(()) };
        write(&group.join(if *is_v2 { v2 } else { v1 }), value)
    }

    /// Memory that may be used, all processes together, without any in swap.
    pub fn limit_memory(&self, mib: u64) -> Result<()> {
        let bytes = (mib << 20).to_string();
        self.set("memory", "memory.limit_in_bytes", "memory.max", &bytes)?;
        let (group, is_v2) = &self.of["memory"];
        let swap = if *is_v2 { ("memory.swap.max", "0") } else { ("memory.memsw.limit_in_bytes", bytes.as_str()) };
        match write(&group.join(swap.0), swap.1) {
            // A kernel without accounting of swap.
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Thousandths of a CPU. What was not used of one period may be used in the next.
    pub fn limit_cpu(&self, millis: u64) -> Result<()> {
        let quota = (millis * PERIOD_MICROS / 1000).max(LEAST_MICROS);
        let (group, is_v2) = &self.of["cpu"];
        if *is_v2 {
            write(&group.join("cpu.max"), &format!("{quota} {PERIOD_MICROS}"))?;
        } else {
            write(&group.join("cpu.cfs_period_us"), &PERIOD_MICROS.to_string())?;
            write(&group.join("cpu.cfs_quota_us"), &quota.to_string())?;
        }
        // Kernels before 5.14 have none.
        let _ = write(&group.join(if *is_v2 { "cpu.max.burst" } else { "cpu.cfs_burst_us" }), &quota.to_string());
        Ok(())
    }

    /// Stops all processes where they are, or lets them go on. Frozen ones stop a moment later.
    pub fn freeze(&self, frozen: bool) -> Result<()> {
        let word: &[u8] = match (self.is_frozen_by_v2, frozen) {
            (true, true) => b"1",
            (true, false) => b"0",
            (false, true) => b"FROZEN",
            (false, false) => b"THAWED",
        };
        (&self.switch).write_all(word).map_err(|error| Error::io("switch the freezer", error))
    }

    /// The most memory that its processes have had resident, each at its own time, but for one of them.
    pub fn peak_bytes(&self, but: u32) -> u64 {
        let (group, _) = &self.of["memory"];
        let processes = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
        let others = processes.lines().filter(|pid| pid.parse() != Ok(but));
        let peak = |pid: &str| kib(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?, "VmHWM:");
        others.filter_map(peak).sum::<u64>() << 10
    }

    /// How many processes the kernel has killed for want of memory.
    pub fn memory_kills(&self) -> u64 {
        let (group, is_v2) = &self.of["memory"];
        let file = if *is_v2 { "memory.events" } else { "memory.oom_control" };
        field(&fs::read_to_string(group.join(file)).unwrap_or_default(), "oom_kill").unwrap_or(0)
    }

    /// Kills what is in it and removes it. Blocks until that is done.
    pub fn remove(self) -> Result<()> {
        let _ = self.freeze(false);
        clear(&self.name)
    }
}

/// A number by its name, one a line.
fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
}

/// A number of KiB, as `/proc/<pid>/status` has them.
fn kib(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse().ok())
}

fn write(path: &Path, value: &str) -> Result<()> {
    fs::write(path, value).map_err(|error| Error::io(format!("write {value:?} to {}", path.display()), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_its_whole_name() {
        let text = "oom_kill_disable 0\nunder_oom 1\noom_kill 3\n";
        assert_eq!(field(text, "oom_kill"), Some(3));
        assert_eq!(field(text, "oom"), None);
        assert_eq!(kib("VmPeak:\t  9 kB\nVmHWM:\t  1234 kB\n", "VmHWM:"), Some(1234));
    }
}
