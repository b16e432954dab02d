//! Control groups of machines on hosts with v1, v2 or both. The hierarchy of each controller is found once;
//! a machine's group is `freehold/vm-<id>` in every hierarchy that has a controller we limit by.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::driver::{Error, Result};
use crate::spec::Resources;

/// The group above all machines.
const PARENT: &str = "freehold";
/// Controllers that a machine is limited by.
pub const CONTROLLERS: [&str; 3] = ["cpu", "memory", "cpuset"];
/// Length of a CPU bandwidth period, the kernel's default.
const PERIOD_MICROS: u64 = 100_000;

/// Which hierarchy has which controller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hierarchies {
    /// Mount point by controller, version 1.
    pub v1: BTreeMap<String, PathBuf>,
    /// Mount point and controllers, version 2.
    pub v2: Option<(PathBuf, Vec<String>)>,
}

/// What a group is held to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// v2 weight, 1 to 10,000.
    pub cpu_weight: u32,
    /// Thousandths of a CPU.
    pub cpu_millis: u32,
    pub cpus: Vec<u32>,
    pub memory_bytes: u64,
}

impl Limits {
    /// Limits of a machine whose VMM needs `overhead_mib` besides the guest's memory.
    pub fn of(resources: &Resources, overhead_mib: u64) -> Self {
        Self {
            cpu_weight: resources.cpu_weight.clamp(1, 10_000),
            cpu_millis: resources.cpu_limit_millis.unwrap_or(resources.vcpus.max(1) * 1000),
            cpus: resources.cpuset.clone(),
            memory_bytes: (resources.memory_mib + overhead_mib) << 20,
        }
    }

    /// The files to write for one controller, in order.
    fn settings(&self, controller: &str, v2: bool) -> Vec<(&'static str, String)> {
        let quota = (u64::from(self.cpu_millis) * PERIOD_MICROS / 1000).max(1000);
        let cpus = self.cpus.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        match (controller, v2) {
            ("cpu", true) => {
                vec![("cpu.weight", self.cpu_weight.to_string()), ("cpu.max", format!("{quota} {PERIOD_MICROS}"))]
            }
            ("cpu", false) => vec![
                // The kernel's default is 100 in version 2 and 1,024 in version 1.
                ("cpu.shares", (u64::from(self.cpu_weight) * 1024 / 100).max(2).to_string()),
                ("cpu.cfs_period_us", PERIOD_MICROS.to_string()),
                ("cpu.cfs_quota_us", quota.to_string()),
            ],
            ("memory", true) => vec![("memory.max", self.memory_bytes.to_string())],
            ("memory", false) => vec![("memory.limit_in_bytes", self.memory_bytes.to_string())],
            ("cpuset", _) if !cpus.is_empty() => vec![("cpuset.cpus", cpus)],
            _ => Vec::new(),
        }
    }
}

impl Hierarchies {
    /// Those of this host.
    pub fn detect() -> Result<Self> {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo")
            .map_err(|source| Error::io("reading /proc/self/mountinfo", source))?;
        Ok(Self::parse(&mounts, &CONTROLLERS, controllers_of))
    }

    /// Those of this host that have any of these controllers.
    pub fn detect_all(wanted: &[&str]) -> Result<Self> {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo")
            .map_err(|source| Error::io("reading /proc/self/mountinfo", source))?;
        Ok(Self::parse(&mounts, wanted, controllers_of))
    }

    /// Reads a `mountinfo`; `controllers` gives the text of a version 2 root's `cgroup.controllers`.
    fn parse(mountinfo: &str, wanted: &[&str], controllers: impl Fn(&Path) -> String) -> Self {
        let mut found = Self::default();
        for line in mountinfo.lines() {
            let Some((before, after)) = line.split_once(" - ") else { continue };
            let Some(mount_point) = before.split(' ').nth(4).map(PathBuf::from) else { continue };
            let mut fields = after.split(' ');
            match fields.next() {
                Some("cgroup2") if found.v2.is_none() => {
                    let names = controllers(&mount_point).split_whitespace().map(str::to_owned).collect();
                    found.v2 = Some((mount_point, names));
                }
                Some("cgroup") => {
                    let options = fields.nth(1).unwrap_or_default();
                    for name in options.split(',').filter(|name| wanted.contains(name)) {
                        found.v1.entry(name.to_owned()).or_insert_with(|| mount_point.clone());
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Whether a limit can be set by this controller, and the version.
    pub fn version_of(&self, controller: &str) -> Option<u8> {
        if self.v1.contains_key(controller) {
            return Some(1);
        }
        let (_, names) = self.v2.as_ref()?;
        names.iter().any(|name| name == controller).then_some(2)
    }

    /// Makes the group, or sets an existing one's limits. Returns the files to write a process into.
    pub fn create(&self, name: &str, limits: &Limits) -> Result<Vec<File>> {
        let mut joins = Vec::new();
        for (controller, root) in &self.v1 {
            let group = root.join(PARENT).join(name);
            make(&group)?;
            if controller == "cpuset" {
                // Empty in a new group, and nothing can join before they are set.
                for part in [root.join(PARENT), group.clone()] {
                    inherit(&part, root, "cpuset.cpus")?;
                    inherit(&part, root, "cpuset.mems")?;
                }
            }
            apply(&group, &limits.settings(controller, false))?;
            joins.push(open_procs(&group)?);
        }
        if let Some((root, names)) = self.v2.as_ref().filter(|(_, names)| !names.is_empty()) {
            let ours: Vec<&str> =
                CONTROLLERS.iter().copied().filter(|ours| names.iter().any(|name| name == ours)).collect();
            let group = root.join(PARENT).join(name);
            make(&root.join(PARENT))?;
            let enable = ours.iter().map(|name| format!("+{name}")).collect::<Vec<_>>().join(" ");
            write(&root.join("cgroup.subtree_control"), &enable)?;
            write(&root.join(PARENT).join("cgroup.subtree_control"), &enable)?;
            make(&group)?;
            for controller in ours {
                apply(&group, &limits.settings(controller, true))?;
            }
            joins.push(open_procs(&group)?);
        }
        Ok(joins)
    }

    /// The root of the hierarchy that has this controller.
    pub fn root_of(&self, controller: &str) -> Option<&Path> {
        let v2 = || self.v2.as_ref().filter(|(_, names)| names.iter().any(|name| name == controller));
        self.v1.get(controller).or_else(|| v2().map(|(root, _)| root)).map(PathBuf::as_path)
    }

    /// Makes the group in the hierarchy of version 1 that keeps processes on CPUs, and there alone.
    pub fn create_cpuset(&self, name: &str) -> Result<()> {
        let Some(root) = self.v1.get("cpuset") else { return Ok(()) };
        let group = root.join(PARENT).join(name);
        make(&group)?;
        for part in [root.join(PARENT), group] {
            inherit(&part, root, "cpuset.cpus")?;
            inherit(&part, root, "cpuset.mems")?;
        }
        Ok(())
    }

    /// Lets what is in the group run on these CPUs only, at once; none: on all of the group above.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where no hierarchy has the controller; others of the kernel.
    pub fn pin(&self, name: &str, cpus: &[u32]) -> Result<()> {
        let list = cpus.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        if let Some(root) = self.v1.get("cpuset") {
            let parent = root.join(PARENT);
            let read = |path: &Path| std::fs::read_to_string(path.join("cpuset.cpus")).unwrap_or_default();
            let list = if list.is_empty() { read(&parent).trim().to_owned() } else { list };
            return write(&parent.join(name).join("cpuset.cpus"), &list);
        }
        match &self.v2 {
            // An empty line means as many as above.
            Some((root, names)) if names.iter().any(|name| name == "cpuset") => {
                write(&root.join(PARENT).join(name).join("cpuset.cpus"), &format!("{list}\n"))
            }
            _ => Err(Error::Unsupported("the host has no cpuset controller to keep machines on cores with".into())),
        }
    }

    /// Removes the group, and the one above if it was the last.
    pub fn remove(&self, name: &str) -> Result<()> {
        for root in self.roots() {
            let parent = root.join(PARENT);
            // A process that has just ended may still be leaving.
            for attempt in 0.. {
                match std::fs::remove_dir(parent.join(name)) {
                    Ok(()) => break,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
                    Err(_) if attempt < 200 => std::thread::sleep(std::time::Duration::from_millis(5)),
                    Err(error) => return Err(Error::io(format!("removing the cgroup {name}"), error)),
                }
            }
            let _ = std::fs::remove_dir(&parent);
        }
        Ok(())
    }

    /// Whether any hierarchy has this group.
    pub fn exists(&self, name: &str) -> bool {
        self.roots().any(|root| root.join(PARENT).join(name).exists())
    }

    fn roots(&self) -> impl Iterator<Item = &PathBuf> {
        let v2 = self.v2.iter().filter(|(_, names)| !names.is_empty()).map(|(root, _)| root);
        self.v1.values().chain(v2)
    }
}

fn controllers_of(root: &Path) -> String {
    std::fs::read_to_string(root.join("cgroup.controllers")).unwrap_or_default()
}

fn make(group: &Path) -> Result<()> {
    std::fs::create_dir_all(group).map_err(|source| Error::io(format!("making {}", group.display()), source))
}

fn apply(group: &Path, settings: &[(&str, String)]) -> Result<()> {
    settings.iter().try_for_each(|(file, value)| write(&group.join(file), value))
}

fn inherit(group: &Path, root: &Path, file: &str) -> Result<()> {
    let read = |path: &Path| std::fs::read_to_string(path.join(file)).unwrap_or_default().trim().to_owned();
    match read(group).is_empty() {
        true => write(&group.join(file), &read(root)),
        false => Ok(()),
    }
}

fn write(path: &Path, value: &str) -> Result<()> {
    std::fs::write(path, value).map_err(|source| Error::io(format!("writing {value:?} to {}", path.display()), source))
}

fn open_procs(group: &Path) -> Result<File> {
    let path = group.join("cgroup.procs");
    File::options().write(true).open(&path).map_err(|source| Error::io(format!("opening {}", path.display()), source))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIXED: &str = "\
20 1 0:19 / /sys/fs/cgroup rw - tmpfs tmpfs rw
21 20 0:20 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct
22 20 0:21 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
23 20 0:22 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
";

    fn limits() -> Limits {
        Limits { cpu_weight: 200, cpu_millis: 1500, cpus: vec![0, 2], memory_bytes: 1 << 30 }
    }

    #[test]
    fn a_mixed_host_is_limited_through_version_one() {
        let found = Hierarchies::parse(MIXED, &CONTROLLERS, |_| String::new());
        assert_eq!(found.version_of("cpu"), Some(1));
        assert_eq!(found.version_of("memory"), Some(1));
        assert_eq!(found.version_of("cpuset"), None);
    }

    #[test]
    fn a_unified_host_is_limited_through_version_two() {
        let found = Hierarchies::parse("1 0 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", &CONTROLLERS, |_| {
            "cpuset cpu io memory pids\n".to_owned()
        });
        assert!(CONTROLLERS.iter().all(|name| found.version_of(name) == Some(2)));
    }

    #[test]
    fn the_same_limits_are_said_in_each_versions_words() {
        let text = |controller, v2| format!("{:?}", limits().settings(controller, v2));
        assert!(text("cpu", true).contains("150000 100000"));
        assert!(text("cpu", false).contains("\"2048\"") && text("cpu", false).contains("150000"));
        assert!(text("cpuset", true).contains("0,2"));
        assert!(text("memory", false).contains("memory.limit_in_bytes"));
    }

    #[test]
    fn a_group_of_this_host_takes_its_limits_and_goes_away() {
        if !rustix::process::geteuid().is_root() {
            eprintln!("skipped: making cgroups needs root");
            return;
        }
        let host = Hierarchies::detect().unwrap();
        let name = format!("vm-test-{}", std::process::id());
        let limits = Limits { cpus: vec![0], ..limits() };
        assert!(!host.create(&name, &limits).unwrap().is_empty(), "no controller on this host");
        host.create(&name, &limits).unwrap();
        assert!(host.exists(&name));
        let root = host.v1.get("cpuset").or(host.v2.as_ref().map(|(root, _)| root)).unwrap();
        let cpus = || std::fs::read_to_string(root.join(PARENT).join(&name).join("cpuset.cpus")).unwrap();
        assert_eq!(cpus().trim(), "0");
        host.pin(&name, &[]).unwrap();
        assert_ne!(cpus().trim(), "0");
        host.pin(&name, &[0]).unwrap();
        assert_eq!(cpus().trim(), "0");
        host.remove(&name).unwrap();
        host.remove(&name).unwrap();
        assert!(!host.exists(&name));
    }
}
