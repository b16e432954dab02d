//! What the host has and what is promised of it. The ledger is in memory: it follows from the stored instances and is
//! filled from them at start.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What there is to promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Thousandths of a processor that may be promised, overcommit included.
    pub cpu_millis: u64,
    pub memory_mib: u64,
    /// How many times over processors are promised, in hundredths. Those that a type holds alone count so often.
    pub cpu_overcommit_percent: u64,
}

impl Pool {
    /// For machines that exist in state only.
    pub const UNLIMITED: Self = Self { cpu_millis: u64::MAX, memory_mib: u64::MAX, cpu_overcommit_percent: 100 };

    fn free<'a>(&self, held: impl Iterator<Item = &'a Share>) -> Self {
        held.fold(*self, |free, held| Self {
            cpu_millis: free.cpu_millis.saturating_sub(self.cpu_cost(*held)),
            memory_mib: free.memory_mib.saturating_sub(held.memory_mib),
            ..free
        })
    }

    /// What a machine takes of `cpu_millis`.
    fn cpu_cost(&self, share: Share) -> u64 {
        if share.is_exclusive {
            return share.cpu_millis.saturating_mul(self.cpu_overcommit_percent.max(100)) / 100;
        }
        share.cpu_millis
    }
}

/// What is set aside for one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub cpu_millis: u64,
    pub memory_mib: u64,
    /// Its processors are promised to nobody else.
    pub is_exclusive: bool,
}

/// Promises, by instance.
#[derive(Debug)]
pub struct Ledger {
    pool: Pool,
    promised: Mutex<HashMap<String, Share>>,
}

/// The host cannot hold it; the text says what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Full(pub String);

impl Ledger {
    pub fn new(pool: Pool) -> Self {
        Self { pool, promised: Mutex::default() }
    }

    /// What there is in all.
    pub fn pool(&self) -> Pool {
        self.pool
    }

    /// Promises `share` to each of `instances`, or to none. What an instance had is given up.
    pub fn promise(&self, instances: &[String], share: Share) -> Result<(), Full> {
        let mut promised = self.lock();
        let others = promised.iter().filter(|(id, _)| !instances.contains(id)).map(|(_, held)| held);
        let free = self.pool.free(others);
        let count = instances.len() as u64;
        let (cpu_millis, memory_mib) = (self.pool.cpu_cost(share), share.memory_mib);
        if memory_mib.saturating_mul(count) > free.memory_mib {
            let free = free.memory_mib;
            return Err(Full(format!("{count} x {memory_mib} MiB of memory were asked for and {free} MiB are free.")));
        }
        if cpu_millis.saturating_mul(count) > free.cpu_millis {
            let free = free.cpu_millis;
            return Err(Full(format!(
                "{count} x {cpu_millis} thousandths of a processor were asked for and {free} are free."
            )));
        }
        promised.extend(instances.iter().map(|id| (id.clone(), share)));
        Ok(())
    }

    /// Notes what an instance holds already, whether or not there is room: it runs.
    pub fn note(&self, instance: &str, share: Share) {
        self.lock().insert(instance.to_owned(), share);
    }

    /// How many machines of this size there is room for.
    pub fn room_for(&self, share: Share) -> u64 {
        let free = self.pool.free(self.lock().values());
        (free.memory_mib / share.memory_mib.max(1)).min(free.cpu_millis / self.pool.cpu_cost(share).max(1))
    }

    /// Whether a machine of this size fits an empty host.
    pub fn could_ever_hold(&self, share: Share) -> bool {
        share.memory_mib <= self.pool.memory_mib && self.pool.cpu_cost(share) <= self.pool.cpu_millis
    }

    /// Gives back what an instance holds.
    pub fn release(&self, instance: &str) {
        self.lock().remove(instance);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Share>> {
        // Every change is one insertion or removal: a panic elsewhere leaves nothing half done.
        self.promised.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(memory_mib: u64) -> Share {
        Share { cpu_millis: 1000, memory_mib, is_exclusive: false }
    }

    fn pool(cpu_millis: u64) -> Pool {
        Pool { cpu_millis, memory_mib: 1000, cpu_overcommit_percent: 400 }
    }

    #[test]
    fn what_is_held_alone_is_not_promised_again() {
        // Two processors, four times over.
        let ledger = Ledger::new(pool(8000));
        let alone = Share { cpu_millis: 1000, memory_mib: 1, is_exclusive: true };
        assert_eq!(ledger.room_for(alone), 2);
        assert!(ledger.promise(&["a".to_owned()], alone).is_ok());
        assert_eq!(ledger.room_for(Share { is_exclusive: false, ..alone }), 4);
    }

    #[test]
    fn a_promise_is_all_or_nothing_and_kept_until_released() {
        let ledger = Ledger::new(pool(4000));
        let ids = ["a".to_owned(), "b".to_owned()];
        assert!(ledger.promise(&ids, machine(600)).is_err());
        assert_eq!(ledger.room_for(machine(500)), 2);
        assert!(ledger.promise(&ids, machine(500)).is_ok());
        assert!(ledger.promise(&["c".to_owned()], machine(1)).is_err());
        ledger.release("a");
        assert!(ledger.promise(&["c".to_owned()], machine(400)).is_ok());
    }

    #[test]
    fn promising_again_replaces_the_earlier_promise() {
        let ledger = Ledger::new(pool(1000));
        let ids = ["a".to_owned()];
        assert!(ledger.promise(&ids, machine(900)).is_ok());
        assert!(ledger.promise(&ids, machine(1000)).is_ok());
    }
}
