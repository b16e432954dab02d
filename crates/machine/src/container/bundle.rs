//! `config.json`: what runc is told about a machine (OCI runtime specification 1.0.2).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{cgroup, seccomp, view};
use crate::guest;
use crate::spec::MachineSpec;

/// What a system container needs: accounts, files, ports, raw sockets (ping), device nodes of its own limited
/// set. Not among them: SYS_ADMIN, SYS_MODULE, SYS_PTRACE, SYS_BOOT, SYS_TIME, SYS_NICE, NET_ADMIN, DAC_READ_SEARCH.
const CAPABILITIES: [&str; 14] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",
    "CAP_SYS_CHROOT",
    "CAP_MKNOD",
    "CAP_AUDIT_WRITE",
    "CAP_SETFCAP",
];

const MASKED: [&str; 13] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/config.gz",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];

const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// Processes and threads that a machine may have.
const PROCESSES: u32 = 4096;
/// Period of the CPU limit in microseconds; the kernel's default.
const PERIOD: u64 = 100_000;

/// Host paths that the configuration mentions.
pub struct Paths<'a> {
    /// The guest program.
    pub guest: &'a str,
    pub rootfs: &'a str,
    /// Laid over `/proc/meminfo`, and writable for the guest program.
    pub meminfo: &'a str,
    /// Laid over `/proc/cpuinfo`.
    pub cpuinfo: &'a str,
}

/// First host user id of the machine, and how many it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Users {
    pub first: u32,
    pub count: u32,
}

impl Users {
    /// The users of a machine: by its name, in a range that no distribution gives to accounts. Two machines may
    /// meet in one range, by chance; they still share neither processes nor files.
    pub fn of(id: &str) -> Self {
        const COUNT: u32 = 1 << 16;
        let digest = Sha256::digest(id);
        let place = digest.iter().take(4).fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte)) % 0x6000;
        Self { first: (0x0800 + place) * COUNT, count: COUNT }
    }
}

pub fn config(spec: &MachineSpec, paths: &Paths<'_>, users: Option<Users>) -> Value {
    let mut namespaces: Vec<_> =
        ["pid", "mount", "uts", "ipc", "network", "cgroup"].iter().map(|kind| json!({"type": kind})).collect();
    let mut linux = json!({
        "resources": resources(spec),
        "cgroupsPath": cgroup::path_of(&spec.id),
        "seccomp": seccomp::profile(),
        "maskedPaths": MASKED,
        "readonlyPaths": READ_ONLY,
        "rootfsPropagation": "private",
    });
    if let Some(Users { first, count }) = users {
        namespaces.push(json!({"type": "user"}));
        let mapping = json!([{"containerID": 0, "hostID": first, "size": count}]);
        linux["uidMappings"] = mapping.clone();
        linux["gidMappings"] = mapping;
    }
    linux["namespaces"] = namespaces.into();
    // As Debian's service manager allows; less where this process itself may not have more.
    let own = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    let files = own.unwrap_or(u64::MAX).min(524_288);
    json!({
        "ociVersion": "1.0.2",
        "process": {
            "terminal": false,
            "user": {"uid": 0, "gid": 0},
            "args": [guest::PATH_INSIDE],
            "env": [
                "FREEHOLD=container",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME=/root",
                "TERM=linux",
            ],
            "cwd": "/",
            "capabilities": {
                "bounding": CAPABILITIES, "effective": CAPABILITIES, "permitted": CAPABILITIES,
            },
            "rlimits": [{"type": "RLIMIT_NOFILE", "soft": files.min(1024), "hard": files}],
            "noNewPrivileges": false,
        },
        "root": {"path": paths.rootfs, "readonly": false},
        "hostname": spec.hostname,
        "mounts": mounts(paths),
        "linux": linux,
    })
}

fn mounts(paths: &Paths<'_>) -> Value {
    json!([
        {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
         "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
        {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
         "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
        {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
         "options": ["nosuid", "noexec", "nodev", "mode=1777"]},
        {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
         "options": ["nosuid", "noexec", "nodev"]},
        {"destination": "/sys", "type": "sysfs", "source": "sysfs",
         "options": ["nosuid", "noexec", "nodev", "ro"]},
        {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
         "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]},
        {"destination": "/run", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=755"]},
        {"destination": guest::PATH_INSIDE, "type": "bind", "source": paths.guest,
         "options": ["bind", "ro", "nosuid", "nodev"]},
        {"destination": "/.freehold/meminfo", "type": "bind", "source": paths.meminfo,
         "options": ["bind", "rw", "nosuid", "noexec", "nodev"]},
        {"destination": "/proc/meminfo", "type": "bind", "source": paths.meminfo,
         "options": ["bind", "ro", "nosuid", "noexec", "nodev"]},
        {"destination": "/proc/cpuinfo", "type": "bind", "source": paths.cpuinfo,
         "options": ["bind", "ro", "nosuid", "noexec", "nodev"]},
    ])
}

fn resources(spec: &MachineSpec) -> Value {
    let resources = &spec.resources;
    let memory = resources.memory_mib << 20;
    let millis = u64::from(resources.cpu_limit_millis.unwrap_or(resources.vcpus.max(1) * 1000));
    let mut cpu = json!({
        // The kernel refuses less than a millisecond.
        "quota": (millis * PERIOD / 1000).max(1000),
        "period": PERIOD,
        "cpus": view::list(&view::cpus(&spec.id, resources)),
    });
    let mut result = json!({
        "devices": [{"allow": false, "access": "rwm"}],
        "pids": {"limit": PROCESSES},
    });
    let weight = resources.cpu_weight.clamp(1, 10_000);
    if cgroup::is_unified() {
        result["unified"] = json!({"cpu.weight": weight.to_string()});
    } else {
        // v1's default of 1,024 is v2's of 100.
        cpu["shares"] = json!((u64::from(weight) * 1024 / 100).max(2));
    }
    result["cpu"] = cpu;
    result["memory"] =
        if cgroup::limits_swap() { json!({"limit": memory, "swap": memory}) } else { json!({"limit": memory}) };
    result
}
