//! What the guest sees of memory and processors: files laid over the kernel's, which tell of the whole host.
//!
//! `/proc/meminfo` lies on the machine's own disk and is kept true by the guest program from its control group;
//! `/proc/cpuinfo` is written at each start.

use std::fs;

use crate::spec::Resources;

/// `/proc/meminfo` before the guest program keeps it: all of it free. The guest overwrites it with lines of
/// the same length.
pub fn meminfo(resources: &Resources) -> String {
    let total = resources.memory_mib * 1024;
    let values = [
        ("MemTotal", total),
        ("MemFree", total),
        ("MemAvailable", total),
        ("Buffers", 0),
        ("Cached", 0),
        ("SwapCached", 0),
        ("Shmem", 0),
        ("SwapTotal", 0),
        ("SwapFree", 0),
    ];
    values.iter().map(|(name, value)| format!("{:<15} {value:>8} kB\n", format!("{name}:"))).collect()
}

/// `/proc/cpuinfo` with as many processors as the machine may run on.
pub fn cpuinfo(cpus: &[u32]) -> String {
    let host = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    renumber(&host, cpus.len())
}

fn renumber(host: &str, count: usize) -> String {
    let blocks: Vec<_> = host.split("\n\n").filter(|block| !block.trim().is_empty()).collect();
    let mut text = String::new();
    for (number, block) in blocks.iter().take(count).enumerate() {
        for line in block.lines() {
            match line.split_once(':') {
                Some((name, _)) if name.trim() == "processor" => text += &format!("{name}: {number}\n"),
                _ => text += &format!("{line}\n"),
            }
        }
        text.push('\n');
    }
    text
}

/// The host CPUs that a machine runs on: of those that it may, as many as it has virtual ones. Which of them follows
/// from the machine's name, so that small machines spread over a large host.
pub fn cpus(id: &str, resources: &Resources) -> Vec<u32> {
    choose(id, resources, &online())
}

fn choose(id: &str, resources: &Resources, online: &[u32]) -> Vec<u32> {
    let online = if resources.cpuset.is_empty() { online } else { &resources.cpuset };
    let count = (resources.vcpus.max(1) as usize).min(online.len());
    let seed = id.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let mut chosen: Vec<_> = online.iter().cycle().skip(seed % online.len().max(1)).take(count).copied().collect();
    chosen.sort_unstable();
    chosen
}

/// CPUs that this process may use, which is what containers can be given.
fn online() -> Vec<u32> {
    let Ok(set) = rustix::thread::sched_getaffinity(None) else {
        return vec![0];
    };
    let all =
        (0..u32::try_from(rustix::thread::CpuSet::MAX_CPU).unwrap_or(1024)).filter(|cpu| set.is_set(*cpu as usize));
    all.collect()
}

/// CPUs as cgroups take them: `0,2,3`.
pub fn list(cpus: &[u32]) -> String {
    cpus.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod unit {
    use super::*;

    fn resources(vcpus: u32) -> Resources {
        Resources { vcpus, memory_mib: 512, cpu_weight: 100, cpu_limit_millis: None, cpuset: Vec::new() }
    }

    #[test]
    fn a_machine_sees_its_own_number_of_processors() {
        let host = "processor\t: 0\nmodel name\t: X\n\nprocessor\t: 1\nmodel name\t: X\n\n";
        assert_eq!(renumber(host, 1), "processor\t: 0\nmodel name\t: X\n\n");
        assert_eq!(renumber(host, 8), host);
    }

    #[test]
    fn machines_get_as_many_cpus_as_they_have_and_the_host_has() {
        let online = [0, 1, 2, 3];
        assert_eq!(choose("a", &resources(2), &online).len(), 2);
        assert_eq!(choose("a", &resources(16), &online), online);
        let pinned = |cpus: &[u32]| Resources { cpuset: cpus.to_vec(), ..resources(2) };
        assert_eq!(choose("a", &pinned(&[3]), &online), [3]);
        assert_eq!(choose("a", &pinned(&[1, 2, 3]), &online).len(), 2);
        assert!(!choose("a", &pinned(&[1, 2, 3]), &online).contains(&0));
    }

    #[test]
    fn memory_is_the_machine_s() {
        assert!(meminfo(&resources(1)).starts_with("MemTotal:         524288 kB\n"));
    }
}
