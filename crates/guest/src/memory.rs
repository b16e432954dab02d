//! Memory as a container's programs should see it. The kernel's `/proc/meminfo` tells of the whole host; in a
//! container a file lies over it that the worker keeps true from the container's own cgroup, once a second.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// The same file as the one over `/proc/meminfo`, writable.
const FILE: &str = "/.freehold/meminfo";
/// Every line is padded to this, and the file never shrinks, so that a reader in between sees whole lines.
const LINES: [&str; 9] =
    ["MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapCached", "Shmem", "SwapTotal", "SwapFree"];

/// What the cgroup says, in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Usage {
    total: u64,
    used: u64,
    cached: u64,
    shared: u64,
}

/// Keeps the file true for as long as the worker lives. Does nothing in a virtual machine.
pub fn keep_true() {
    if fs::metadata(FILE).is_err() {
        return;
    }
    std::thread::spawn(|| {
        loop {
            if let Some(usage) = read() {
                let file = fs::OpenOptions::new().write(true).open(FILE);
                let _ = file.and_then(|mut file| file.write_all(text(usage).as_bytes()));
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    });
}

fn text(usage: Usage) -> String {
    let Usage { total, used, cached, shared } = usage;
    let free = total.saturating_sub(used);
    let values = [total, free, (free + cached).min(total), 0, cached, 0, shared, 0, 0];
    let lines = LINES.iter().zip(values);
    lines.map(|(name, value)| format!("{:<15} {value:>8} kB\n", format!("{name}:"))).collect()
}

/// Reads cgroup v1's or v2's files, whichever the container has.
fn read() -> Option<Usage> {
    let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let v1 = "/sys/fs/cgroup/memory/memory";
    let v2 = "/sys/fs/cgroup/memory";
    let (limit, used, stat) = match number(&format!("{v1}.limit_in_bytes")) {
        Some(limit) => (limit, number(&format!("{v1}.usage_in_bytes"))?, format!("{v1}.stat")),
        None => (number(&format!("{v2}.max"))?, number(&format!("{v2}.current"))?, format!("{v2}.stat")),
    };
    let stat = fs::read_to_string(stat).ok()?;
    let field = |name: &str| {
        let line = stat.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse::<u64>().ok())
    };
    // v1 calls the page cache `cache`, v2 `file`; the hierarchy's sum is `total_cache` in v1.
    let cached = field("total_cache").or_else(|| field("file")).unwrap_or(0);
    let shared = field("total_shmem").or_else(|| field("shmem")).unwrap_or(0);
    Some(Usage { total: limit / 1024, used: used / 1024, cached: cached / 1024, shared: shared / 1024 })
}

/// `free`, from `/proc/meminfo` only: busybox's asks the kernel, which answers for the host.
pub fn print_free() -> ExitCode {
    let Ok(text) = fs::read_to_string("/proc/meminfo") else {
        eprintln!("free: cannot read /proc/meminfo");
        return ExitCode::FAILURE;
    };
    let mut unit = 1;
    for argument in std::env::args().skip(1) {
        unit = match argument.as_str() {
            "-k" => 1,
            "-m" => 1024,
            "-g" => 1024 * 1024,
            other => {
                eprintln!("free: unknown option {other} (-k, -m or -g)");
                return ExitCode::from(2);
            }
        };
    }
    let values: BTreeMap<_, _> = text
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once(':')?;
            Some((name, rest.split_ascii_whitespace().next()?.parse::<u64>().ok()? / unit))
        })
        .collect();
    let get = |name: &str| values.get(name).copied().unwrap_or(0);
    let cache = get("Buffers") + get("Cached");
    let used = get("MemTotal").saturating_sub(get("MemFree") + cache);
    println!("               total        used        free      shared  buff/cache   available");
    println!(
        "Mem:    {:>12}{used:>12}{:>12}{:>12}{cache:>12}{:>12}",
        get("MemTotal"),
        get("MemFree"),
        get("Shmem"),
        get("MemAvailable")
    );
    let swap = get("SwapTotal");
    println!("Swap:   {swap:>12}{:>12}{:>12}", swap.saturating_sub(get("SwapFree")), get("SwapFree"));
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_adds_up_and_keeps_its_length() {
        let some = text(Usage { total: 524_288, used: 1024, cached: 512, shared: 0 });
        assert!(some.starts_with("MemTotal:         524288 kB\nMemFree:          523264 kB\n"));
        let other = text(Usage { total: 524_288, used: 524_288, cached: 0, shared: 9 });
        assert_eq!(some.len(), other.len());
    }
}
