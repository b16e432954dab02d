//! Promises by machine.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cpu, Host, Policy, Refusal, Request};
use crate::spec::MachineId;

/// Where a machine may run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// Cores of its own; empty for a shared machine.
    pub cpuset: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Promise {
    request: Request,
    placement: Placement,
}

/// What is promised of one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    host: Host,
    policy: Policy,
    promises: BTreeMap<MachineId, Promise>,
}

impl Ledger {
    pub fn new(host: Host, policy: Policy) -> Self {
        Self { host, policy, promises: BTreeMap::new() }
    }

    /// Promises a machine what it asks for. Asked again, it keeps what it has or gets the new size instead; a
    /// refusal leaves the ledger as it was.
    pub fn place(&mut self, id: &str, request: Request) -> Result<Placement, Refusal> {
        if let Some(promise) = self.promises.get(id).filter(|promise| promise.request == request) {
            return Ok(promise.placement.clone());
        }
        Self { promises: BTreeMap::new(), ..*self }.find(request, None).map_err(|why| Refusal::NeverFits { why })?;
        let placement = self.find(request, Some(id)).map_err(|why| Refusal::NoRoomNow { why })?;
        self.promises.insert(id.to_owned(), Promise { request, placement: placement.clone() });
        Ok(placement)
    }

    /// Notes what a machine holds already, whether or not there is room: it runs.
    pub fn note(&mut self, id: &str, request: Request, placement: Placement) {
        self.promises.insert(id.to_owned(), Promise { request, placement });
    }

    /// Gives back what a machine holds. `false` if it holds nothing.
    pub fn release(&mut self, id: &str) -> bool {
        self.promises.remove(id).is_some()
    }

    /// Cores that shared machines may run on; empty when that is all of them.
    pub fn shared_cpuset(&self) -> Vec<u32> {
        let taken = self.exclusive(None);
        match taken.is_empty() {
            true => Vec::new(),
            false => (0..self.host.cpus).filter(|core| !taken.contains(core)).collect(),
        }
    }

    /// How many more machines of this size there is room for, at most `enough`.
    pub fn room_for(&self, request: Request, enough: u32) -> u32 {
        let mut trial = self.clone();
        // No machine's id has a space.
        (0..enough).take_while(|number| trial.place(&format!("trial {number}"), request).is_ok()).count() as u32
    }

    /// A place for one more, leaving out what `instead_of` holds now.
    fn find(&self, request: Request, instead_of: Option<&str>) -> Result<Placement, String> {
        let others = || self.others(instead_of);
        let memory: u64 = others().map(|promise| promise.request.memory_mib).fold(0, u64::saturating_add);
        let memory_free = self.memory().saturating_sub(memory);
        if request.memory_mib > memory_free {
            return Err(format!("{} MiB of memory asked for, {memory_free} MiB free", request.memory_mib));
        }
        let exclusive = self.exclusive(instead_of);
        let shared: u64 = others()
            .map(|promise| match promise.request.cpu {
                Cpu::Shared { millis } => millis,
                Cpu::Exclusive { .. } => 0,
            })
            .fold(0, u64::saturating_add);
        match request.cpu {
            Cpu::Shared { millis } => {
                let free = self.pool(exclusive.len()).saturating_sub(shared);
                if millis > free {
                    return Err(format!("{millis} thousandths of a CPU asked for, {free} free"));
                }
                Ok(Placement::default())
            }
            Cpu::Exclusive { cores } => {
                // The host itself runs on what is left.
                let spare = self.host.cpus.saturating_sub(1).saturating_sub(exclusive.len() as u32);
                if cores > spare || self.pool(exclusive.len() + cores as usize) < shared {
                    return Err(format!("{cores} cores of its own asked for, {spare} could be cleared at most"));
                }
                // From the end: the first core serves the host's interrupts.
                let free = (0..self.host.cpus).rev().filter(|core| !exclusive.contains(core));
                let mut cpuset: Vec<u32> = free.take(cores as usize).collect();
                cpuset.sort_unstable();
                Ok(Placement { cpuset })
            }
        }
    }

    fn others<'a>(&'a self, instead_of: Option<&'a str>) -> impl Iterator<Item = &'a Promise> {
        self.promises.iter().filter(move |(id, _)| Some(id.as_str()) != instead_of).map(|(_, promise)| promise)
    }

    fn exclusive(&self, instead_of: Option<&str>) -> BTreeSet<u32> {
        self.others(instead_of).flat_map(|promise| promise.placement.cpuset.iter().copied()).collect()
    }

    fn memory(&self) -> u64 {
        self.host.memory_mib.saturating_mul(u64::from(self.policy.memory_overcommit))
    }

    /// Thousandths of a CPU that shared machines may be promised beside so many exclusive cores.
    fn pool(&self, exclusive: usize) -> u64 {
        let cores = u64::from(self.host.cpus).saturating_sub(exclusive as u64);
        (cores * 1000).saturating_mul(u64::from(self.policy.cpu_overcommit))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOST: Host = Host { cpus: 8, memory_mib: 16_384 };
    const POLICY: Policy = Policy { cpu_overcommit: 2, memory_overcommit: 1 };

    fn shared(millis: u64, memory_mib: u64) -> Request {
        Request { cpu: Cpu::Shared { millis }, memory_mib }
    }

    fn exclusive(cores: u32) -> Request {
        Request { cpu: Cpu::Exclusive { cores }, memory_mib: 1 }
    }

    #[test]
    fn too_large_for_any_day_differs_from_too_large_today() {
        let mut ledger = Ledger::new(HOST, POLICY);
        assert!(matches!(ledger.place("a", shared(1, 16_385)), Err(Refusal::NeverFits { .. })));
        assert!(matches!(ledger.place("a", exclusive(8)), Err(Refusal::NeverFits { .. })));
        ledger.place("a", shared(1000, 16_000)).unwrap();
        assert!(matches!(ledger.place("b", shared(1000, 1000)), Err(Refusal::NoRoomNow { .. })));
        assert_eq!(ledger.room_for(shared(1000, 100), 10), 3);
        assert!(ledger.release("a"));
        assert!(!ledger.release("a"));
        ledger.place("b", shared(1000, 1000)).unwrap();
    }

    #[test]
    fn exclusive_cores_are_nobody_elses_and_one_stays_for_the_host() {
        let mut ledger = Ledger::new(HOST, POLICY);
        assert!(ledger.shared_cpuset().is_empty());
        assert_eq!(ledger.place("a", exclusive(4)).unwrap().cpuset, [4, 5, 6, 7]);
        assert_eq!(ledger.place("b", exclusive(3)).unwrap().cpuset, [1, 2, 3]);
        assert_eq!(ledger.place("a", exclusive(4)).unwrap().cpuset, [4, 5, 6, 7], "asked again");
        assert_eq!(ledger.shared_cpuset(), [0]);
        assert!(matches!(ledger.place("c", exclusive(1)), Err(Refusal::NoRoomNow { .. })));
        assert!(ledger.place("d", shared(2000, 1)).is_ok());
        assert!(matches!(ledger.place("e", shared(1, 1)), Err(Refusal::NoRoomNow { .. })));
        ledger.release("a");
        assert_eq!(ledger.shared_cpuset(), [0, 4, 5, 6, 7]);
    }

    #[test]
    fn a_machine_changes_its_size_within_its_own_room() {
        let mut ledger = Ledger::new(HOST, POLICY);
        ledger.place("a", shared(1000, 10_000)).unwrap();
        ledger.place("a", shared(1000, 16_384)).unwrap();
        assert!(ledger.place("b", shared(1000, 1)).is_err());
    }

    fn request() -> impl Strategy<Value = Request> {
        let cpu = prop_oneof![
            (0u64..20_000).prop_map(|millis| Cpu::Shared { millis }),
            (0u32..9).prop_map(|cores| Cpu::Exclusive { cores }),
        ];
        (cpu, 0u64..9000).prop_map(|(cpu, memory_mib)| Request { cpu, memory_mib })
    }

    proptest! {
        #[test]
        fn nothing_is_ever_promised_twice(steps in prop::collection::vec((0u8..6, prop::option::of(request())), 0..60)) {
            let mut ledger = Ledger::new(HOST, POLICY);
            for (machine, step) in steps {
                let (id, before) = (machine.to_string(), ledger.clone());
                match step {
                    Some(request) => if ledger.place(&id, request).is_err() {
                        prop_assert_eq!(&ledger, &before);
                    },
                    None => { ledger.release(&id); }
                }
                let all: Vec<_> = ledger.promises.values().collect();
                prop_assert!(all.iter().map(|p| p.request.memory_mib).sum::<u64>() <= HOST.memory_mib);
                let cores: Vec<u32> = all.iter().flat_map(|p| p.placement.cpuset.clone()).collect();
                let distinct: BTreeSet<_> = cores.iter().collect();
                prop_assert_eq!(distinct.len(), cores.len());
                prop_assert!(cores.len() < HOST.cpus as usize && cores.iter().all(|core| *core < HOST.cpus));
                let shared: u64 = all.iter().map(|p| match p.request.cpu { Cpu::Shared { millis } => millis, Cpu::Exclusive { .. } => 0 }).sum();
                prop_assert!(shared <= ledger.pool(cores.len()));
            }
        }

        #[test]
        fn a_release_gives_back_exactly_what_was_taken(first in request(), second in request()) {
            let mut ledger = Ledger::new(HOST, POLICY);
            let _ = ledger.place("a", first);
            let before = ledger.clone();
            if ledger.place("b", second).is_ok() {
                ledger.release("b");
            }
            prop_assert_eq!(ledger, before);
        }
    }
}
