//! What a machine has used of the host since it started, as the host counts it. Nothing is asked of the guest.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use crate::driver::Result;
use crate::net::{Network, Traffic};
use crate::spec::Interface;

/// Totals of a machine that runs. They begin anew with each start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time of host CPUs.
    pub cpu: Duration,
    /// Held now.
    pub memory_bytes: u64,
    /// Through all of its interfaces.
    pub network: Traffic,
    pub disk: DiskTraffic,
}

/// What went to and from its disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiskTraffic {
    pub bytes_read: u64,
    pub bytes_written: u64,
    pub reads: u64,
    pub writes: u64,
}

/// Of the block device that a file system is mounted from. A machine's disk is mounted when it starts and not before,
/// so its device counts from there.
pub(crate) fn disk_of_mount(mounted: &Path) -> DiskTraffic {
    let Ok(known) = fs::metadata(mounted) else { return DiskTraffic::default() };
    let (major, minor) = (rustix::fs::major(known.dev()), rustix::fs::minor(known.dev()));
    let text = fs::read_to_string(format!("/sys/dev/block/{major}:{minor}/stat"));
    parse_disk(&text.unwrap_or_default()).unwrap_or_default()
}

/// `/sys/block/*/stat`: reads, merged ones, sectors, milliseconds; then the same of writes. A sector has 512 bytes
/// whatever the device's has.
fn parse_disk(text: &str) -> Option<DiskTraffic> {
    const SECTOR: u64 = 512;
    let mut fields = text.split_whitespace().map(|field| field.parse::<u64>().ok());
    let mut next = |skipped: usize| fields.nth(skipped).flatten();
    let (reads, read) = (next(0)?, next(1)?);
    let (writes, written) = (next(1)?, next(1)?);
    Some(DiskTraffic { bytes_read: read * SECTOR, bytes_written: written * SECTOR, reads, writes })
}

/// Time and memory of one process with all its threads.
pub(crate) fn of_process(pid: u32) -> (Duration, u64) {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    let (tick, page) = (rustix::param::clock_ticks_per_second(), rustix::param::page_size() as u64);
    (Duration::from_secs_f64(ticks(&stat) as f64 / tick as f64), pages * page)
}

/// Fields 14 and 15 of `/proc/<pid>/stat`, in user and in system mode.
fn ticks(stat: &str) -> u64 {
    let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    rest.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

/// Through all of these interfaces.
pub(crate) async fn of_interfaces(network: &dyn Network, interfaces: &[Interface]) -> Result<Traffic> {
    let mut sum = Traffic::default();
    for interface in interfaces {
        let Some(one) = network.traffic(interface).await? else { continue };
        sum.bytes_in += one.bytes_in;
        sum.bytes_out += one.bytes_out;
        sum.packets_in += one.packets_in;
        sum.packets_out += one.packets_out;
    }
    Ok(sum)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_device_s_counters_are_read() {
        let text =
            "     12        0      204        3       34        5      777       99        0      102      102\n";
        let counted = DiskTraffic { bytes_read: 204 * 512, bytes_written: 777 * 512, reads: 12, writes: 34 };
        assert_eq!(parse_disk(text), Some(counted));
        assert_eq!(parse_disk(""), None);
    }

    #[test]
    fn a_process_s_time_is_read_behind_any_name() {
        let rest: Vec<String> = (3..=52).map(|field| field.to_string()).collect();
        assert_eq!(ticks(&format!("7 (a) b) {}", rest.join(" "))), 14 + 15);
        assert!(of_process(std::process::id()).1 > 0);
    }
}
