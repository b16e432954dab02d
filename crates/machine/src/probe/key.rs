//! What the findings depend on. Whatever of it changes, the host is probed again.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Programs whose replacement may change what works.
const PROGRAMS: [&str; 4] = ["qemu-system-x86_64", "runc", "nft", "mkfs.erofs"];

/// One line that is the same for as long as the findings hold. Reads a few small files.
pub fn of_this_host() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let cpu = read("/proc/cpuinfo")
        .lines()
        .find_map(|line| {
            line.strip_prefix("model name").map(|name| name.trim_start_matches(['\t', ' ', ':']).to_owned())
        })
        .unwrap_or_default();
    let mut parts = vec![
        format!("freehold {}", env!("CARGO_PKG_VERSION")),
        read("/proc/sys/kernel/osrelease"),
        read("/proc/sys/kernel/random/boot_id"),
        cpu,
        format!("user {}", rustix::process::geteuid().as_raw()),
        // Its owner and mode decide who may use it.
        stamp(Path::new("/dev/kvm")),
    ];
    parts.extend(PROGRAMS.map(|name| format!("{name} {}", find(name).map_or_else(String::new, |path| stamp(&path)))));
    parts.join("|")
}

/// Where a program is, as the shell would find it; administrators' directories included.
pub fn find(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(Into::into))
        .map(|directory| directory.join(name))
        .find(|path| path.is_file())
}

fn stamp(path: &Path) -> String {
    std::fs::metadata(path)
        .map(|data| format!("{} {} {:o} {} {}", path.display(), data.ino(), data.mode(), data.gid(), data.mtime()))
        .unwrap_or_default()
}
