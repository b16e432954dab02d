//! From what hosts count of machines to what CloudWatch is told of instances. Pure: counters and time in, measurements
//! out.

pub mod credits;
pub mod data;

use std::time::Duration;

use freehold_machine::Usage;
use freehold_machine::net::Traffic;
use freehold_machine::usage::DiskTraffic;

/// What a machine used between two looks at it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sample {
    pub cpu: Duration,
    /// Of all that its virtual CPUs could have used, 0 to 100.
    pub cpu_percent: f64,
    pub network: Traffic,
    pub disk: DiskTraffic,
}

impl Sample {
    /// `None` if the machine was started again meanwhile: its counters began anew.
    pub fn between(before: &Usage, now: &Usage, elapsed: Duration, vcpus: u32) -> Option<Self> {
        let cpu = now.cpu.checked_sub(before.cpu)?;
        let whole = elapsed.as_secs_f64() * f64::from(vcpus.max(1));
        let (old, new) = (&before.network, &now.network);
        let network = Traffic {
            bytes_in: new.bytes_in.checked_sub(old.bytes_in)?,
            bytes_out: new.bytes_out.checked_sub(old.bytes_out)?,
            packets_in: new.packets_in.checked_sub(old.packets_in)?,
            packets_out: new.packets_out.checked_sub(old.packets_out)?,
        };
        let (old, new) = (&before.disk, &now.disk);
        let disk = DiskTraffic {
            bytes_read: new.bytes_read.checked_sub(old.bytes_read)?,
            bytes_written: new.bytes_written.checked_sub(old.bytes_written)?,
            reads: new.reads.checked_sub(old.reads)?,
            writes: new.writes.checked_sub(old.writes)?,
        };
        // A machine monitor needs a little more than its guest has.
        let cpu_percent = if whole > 0.0 { (cpu.as_secs_f64() / whole * 100.0).min(100.0) } else { 0.0 };
        Some(Self { cpu, cpu_percent, network, disk })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(seconds: u64, bytes: u64) -> Usage {
        let network = Traffic { bytes_in: bytes, ..Traffic::default() };
        Usage { cpu: Duration::from_secs(seconds), network, ..Usage::default() }
    }

    #[test]
    fn half_of_two_processors_is_half() {
        let sample = Sample::between(&usage(10, 5), &usage(70, 105), Duration::from_secs(60), 2).unwrap();
        assert_eq!((sample.cpu_percent, sample.network.bytes_in), (50.0, 100));
        let busy = Sample::between(&usage(0, 0), &usage(130, 0), Duration::from_secs(60), 2).unwrap();
        assert_eq!(busy.cpu_percent, 100.0);
    }

    #[test]
    fn counters_that_began_anew_tell_nothing() {
        assert_eq!(Sample::between(&usage(10, 5), &usage(9, 105), Duration::from_secs(60), 2), None);
        assert_eq!(Sample::between(&usage(10, 5), &usage(11, 4), Duration::from_secs(60), 2), None);
    }
}
