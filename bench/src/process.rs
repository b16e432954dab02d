//! What a process and its descendants cost, as the kernel counts it, and their end.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal};

/// A process with all that it started and that has not ended.
pub struct Tree {
    root: u32,
}

/// Fields of `/proc/PID/stat` (*proc(5)*).
struct Stat {
    parent: u32,
    /// Of the process and of the children that it waited for, in ticks.
    ticks: u64,
    resident_pages: u64,
}

impl Tree {
    pub fn of(root: u32) -> Self {
        Self { root }
    }

    fn members(&self) -> Result<Vec<(u32, Stat)>> {
        let mut all = HashMap::new();
        for entry in std::fs::read_dir("/proc")? {
            let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            // Whatever ends meanwhile is no member any more.
            if let Ok(text) = std::fs::read_to_string(format!("/proc/{id}/stat"))
                && let Ok(stat) = Stat::parse(&text)
            {
                all.insert(id, stat);
            }
        }
        let mut ids = vec![self.root];
        let mut at = 0;
        while at < ids.len() {
            let children = all.iter().filter(|(_, stat)| stat.parent == ids[at]).map(|(id, _)| *id);
            ids.extend(children.collect::<Vec<_>>());
            at += 1;
        }
        Ok(ids.into_iter().filter_map(|id| all.remove(&id).map(|stat| (id, stat))).collect())
    }

    /// Processor time that was used so far.
    pub fn cpu(&self) -> Result<Duration> {
        let ticks: u64 = self.members()?.iter().map(|(_, stat)| stat.ticks).sum();
        Ok(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
    }

    /// Memory that is resident, in MiB.
    pub fn resident_mib(&self) -> Result<f64> {
        let pages: u64 = self.members()?.iter().map(|(_, stat)| stat.resident_pages).sum();
        Ok((pages as usize * rustix::param::page_size()) as f64 / (1 << 20) as f64)
    }

    /// Asks all of it to end, and after `patience` insists.
    pub fn end(&self, patience: Duration) -> Result<()> {
        let members: Vec<u32> = self.members()?.into_iter().map(|(id, _)| id).collect();
        signal(&members, Signal::TERM);
        let asked = Instant::now();
        while asked.elapsed() < patience && members.iter().any(|id| lives(*id)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let left: Vec<u32> = members.into_iter().filter(|id| lives(*id)).collect();
        signal(&left, Signal::KILL);
        Ok(())
    }
}

fn signal(members: &[u32], signal: Signal) {
    for pid in members.iter().filter_map(|id| Pid::from_raw(*id as i32)) {
        // One that has ended by itself needs no signal.
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Whether the process still runs; one that ended and was not waited for does not.
fn lives(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, fields)| !fields.starts_with(['Z', 'X']))
}

impl Stat {
    fn parse(text: &str) -> Result<Self> {
        // The name of the program is in parentheses and may hold anything, these included.
        let (_, fields) = text.rsplit_once(") ").context("no name in stat")?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        let field = |number: usize| -> Result<u64> {
            let text = fields.get(number - 3).with_context(|| format!("no field {number} in stat"))?;
            text.parse().with_context(|| format!("field {number} of stat is {text}"))
        };
        let ticks = field(14)? + field(15)? + field(16)? + field(17)?;
        Ok(Self { parent: field(4)? as u32, ticks, resident_pages: field(24)? })
    }
}

/// Processor time that everything on the host used so far.
pub fn busy() -> Result<Duration> {
    let text = std::fs::read_to_string("/proc/stat").context("the host's processor time")?;
    let fields: Vec<u64> = text
        .lines()
        .next()
        .unwrap_or_default()
        .split_ascii_whitespace()
        .filter_map(|field| field.parse().ok())
        .collect();
    // user, nice, system, then idle and iowait, then interrupts.
    let ticks: u64 = fields.iter().take(3).chain(fields.iter().skip(5).take(2)).sum();
    Ok(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_used_something() {
        let own = Tree::of(std::process::id());
        let mut sum = 0_u64;
        while own.cpu().unwrap() < Duration::from_millis(20) {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(own.resident_mib().unwrap() > 0.5);
        assert!(busy().unwrap() > Duration::ZERO);
    }

    #[test]
    fn a_tree_ends_with_its_children() {
        let mut shell = std::process::Command::new("/bin/sh").args(["-c", "sleep 60 & sleep 60"]).spawn().unwrap();
        let tree = Tree::of(shell.id());
        while tree.members().unwrap().len() < 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
        let members: Vec<u32> = tree.members().unwrap().into_iter().map(|(id, _)| id).collect();
        tree.end(Duration::from_secs(5)).unwrap();
        shell.wait().unwrap();
        while members.iter().any(|id| lives(*id)) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
