//! Promises by machine. The ledger is in memory: it follows from the machines that there are and is filled from them
//! at start.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Host, Policy};
use crate::spec::MachineId;

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

    /// What `host` may be promised under `policy`.
    pub fn of(host: Host, policy: Policy) -> Self {
        // Saturates: a factor may be absurd.
        let scaled = |amount: u64, factor: f64| (amount as f64 * factor) as u64;
        Self {
            cpu_millis: scaled(u64::from(host.cpus) * 1000, policy.cpu_overcommit),
            memory_mib: scaled(host.memory_mib, policy.memory_overcommit),
            cpu_overcommit_percent: scaled(100, policy.cpu_overcommit),
        }
    }

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

/// What is promised of one host.
#[derive(Debug)]
pub struct Ledger {
    pool: Pool,
    promised: Mutex<HashMap<MachineId, Share>>,
}

/// The host cannot hold it; the text says what is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Full(pub String);

impl Ledger {
    pub fn new(pool: Pool) -> Self {
        Self { pool, promised: Mutex::default() }
    }

    /// What there is in all.
    pub fn pool(&self) -> Pool {
        self.pool
    }

    /// Promises `share` to each of `machines`, or to none. What a machine had is given up.
    pub fn promise(&self, machines: &[MachineId], share: Share) -> Result<(), Full> {
        let mut promised = self.lock();
        let others = promised.iter().filter(|(id, _)| !machines.contains(id)).map(|(_, held)| held);
        let free = self.pool.free(others);
        let count = machines.len() as u64;
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
        promised.extend(machines.iter().map(|id| (id.clone(), share)));
        Ok(())
    }

    /// Notes what a machine holds already, whether or not there is room: it runs.
    pub fn note(&self, machine: &str, share: Share) {
        self.lock().insert(machine.to_owned(), share);
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

    /// Gives back what a machine holds.
    pub fn release(&self, machine: &str) {
        self.lock().remove(machine);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MachineId, Share>> {
        // Every change is one insertion or removal: a panic elsewhere leaves nothing half done.
        self.promised.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    #[test]
    fn too_large_for_any_day_differs_from_too_large_today() {
        let ledger = Ledger::new(pool(4000));
        assert!(!ledger.could_ever_hold(machine(1001)));
        assert!(ledger.promise(&["a".to_owned()], machine(600)).is_ok());
        assert!(ledger.could_ever_hold(machine(1000)) && ledger.promise(&["b".to_owned()], machine(1000)).is_err());
        ledger.release("a");
        assert!(ledger.promise(&["b".to_owned()], machine(1000)).is_ok());
    }

    #[test]
    fn fifty_small_containers_fit_a_small_host() {
        let host = Host { cpus: 2, memory_mib: 23 << 10 };
        let ledger = Ledger::new(Pool::of(host, Policy::of(crate::DriverKind::Container)));
        // t3.nano and t3.micro: their baselines, and the whole of their memory.
        for share in [(100, 512), (200, 1024)].map(|(cpu_millis, memory_mib)| Share {
            cpu_millis,
            memory_mib,
            is_exclusive: false,
        }) {
            assert!(ledger.room_for(share) >= 50, "{}", ledger.room_for(share));
        }
    }

    fn share() -> impl Strategy<Value = Share> {
        (0u64..5000, 0u64..700, any::<bool>()).prop_map(|(cpu_millis, memory_mib, is_exclusive)| Share {
            cpu_millis,
            memory_mib,
            is_exclusive,
        })
    }

    proptest! {
        #[test]
        fn nothing_is_ever_promised_twice(steps in prop::collection::vec((0u8..6, 1u8..3, prop::option::of(share())), 0..60)) {
            let pool = pool(20_000);
            let ledger = Ledger::new(pool);
            for (first, count, step) in steps {
                let ids: Vec<_> = (first..first + count).map(|number| number.to_string()).collect();
                let before = ledger.lock().clone();
                match step {
                    Some(share) => if ledger.promise(&ids, share).is_err() {
                        prop_assert_eq!(&*ledger.lock(), &before);
                    },
                    None => ids.iter().for_each(|id| ledger.release(id)),
                }
                let all = ledger.lock();
                prop_assert!(all.values().map(|held| held.memory_mib).sum::<u64>() <= pool.memory_mib);
                prop_assert!(all.values().map(|held| pool.cpu_cost(*held)).sum::<u64>() <= pool.cpu_millis);
            }
        }

        #[test]
        fn there_is_room_for_exactly_as_many_as_are_said(held in share(), wanted in share()) {
            let ledger = Ledger::new(pool(20_000));
            let _ = ledger.promise(&["a".to_owned()], held);
            let room = ledger.room_for(wanted).min(100);
            let ids: Vec<_> = (0..=room).map(|number| format!("i-{number}")).collect();
            if room < 100 {
                prop_assert!(ledger.promise(&ids, wanted).is_err() || wanted.memory_mib == 0 && wanted.cpu_millis == 0);
            }
            prop_assert!(ledger.promise(&ids[1..], wanted).is_ok());
        }
    }
}
