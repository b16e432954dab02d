//! Which of the host's real cores are held by whom.
//!
//! A Dedicated Host holds cores for its own machines, and an account holds some for its Dedicated Instances; the rest is
//! everybody else's. No core is held twice, and one is always left to the rest, so that a host of two cores can hold one
//! of them for somebody. A core is all of its hardware threads: two tenants never share one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::Full;

/// Who holds cores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A Dedicated Host, by its id.
    Host(String),
    /// All Dedicated Instances of an account.
    Account(String),
}

/// CPUs of the host, by core, and who holds which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cores {
    /// The threads of each core, in the order of their first ones.
    all: Vec<Vec<u32>>,
    held: BTreeMap<Holder, BTreeSet<usize>>,
}

impl Cores {
    /// Of a host with these cores, each the list of its threads.
    pub fn new(all: Vec<Vec<u32>>) -> Self {
        Self { all, held: BTreeMap::new() }
    }

    /// Those that this process may use. Where the kernel has nothing to keep a machine on some of them with, they are all
    /// one, which nobody can hold.
    pub fn detect() -> Self {
        let Ok(set) = rustix::thread::sched_getaffinity(None) else { return Self::default() };
        let most = u32::try_from(rustix::thread::CpuSet::MAX_CPU).unwrap_or(1024);
        let usable: BTreeSet<u32> = (0..most).filter(|cpu| set.is_set(*cpu as usize)).collect();
        if crate::vm::Hierarchies::detect().ok().and_then(|found| found.version_of("cpuset")).is_none() {
            return Self::new(vec![usable.into_iter().collect()]);
        }
        let cores: BTreeSet<Vec<u32>> = usable.iter().map(|cpu| siblings(*cpu, &usable)).collect();
        Self::new(cores.into_iter().collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Gives the holder as many as it may have, up to `most`: half of those that nobody holds, and never the last. One
    /// that holds some already may come to hold more. Answers how many it has now.
    ///
    /// # Errors
    /// [`Full`] if it has none and there is none for it. Without any cores at all there is nothing to hold, and no error.
    pub fn hold(&mut self, holder: &Holder, most: u32) -> Result<usize, Full> {
        let free = self.free();
        let mine = self.held.get(holder).map_or(0, BTreeSet::len);
        let wanted = usize::try_from(most).unwrap_or(usize::MAX).max(1).saturating_sub(mine);
        let taken = wanted.min((free.len() / 2).max(1)).min(free.len().saturating_sub(1));
        if mine == 0 && taken == 0 && !self.all.is_empty() {
            let (count, held) = (self.all.len(), self.all.len() - free.len());
            return Err(Full(format!(
                "A core of the machine is needed that nobody else uses, and one must be left to all others: of its \
                 {count} cores {held} are held by dedicated hosts and instances."
            )));
        }
        // From the end: the first core is where interrupts and everything else gather.
        let added = free.into_iter().rev().take(taken);
        if taken > 0 {
            self.held.entry(holder.clone()).or_default().extend(added);
        }
        Ok(mine + taken)
    }

    /// Notes what the holder has held before. What is not there or is held by another is passed over.
    pub fn note(&mut self, holder: &Holder, cpus: &[u32]) {
        let free = self.free();
        let theirs = |core: &usize| self.all[*core].iter().any(|cpu| cpus.contains(cpu));
        let noted: Vec<usize> = free.into_iter().filter(theirs).collect();
        if !noted.is_empty() {
            self.held.entry(holder.clone()).or_default().extend(noted);
        }
    }

    /// They are everybody's again.
    pub fn give_back(&mut self, holder: &Holder) {
        self.held.remove(holder);
    }

    /// Takes back what those hold who are none any more.
    pub fn retain(&mut self, mut keep: impl FnMut(&Holder) -> bool) {
        self.held.retain(|holder, _| keep(holder));
    }

    /// The CPUs that this holder's machines run on; none if it holds none.
    pub fn of(&self, holder: &Holder) -> Vec<u32> {
        let cores = self.held.get(holder).into_iter().flatten();
        cores.flat_map(|core| self.all[*core].iter().copied()).collect()
    }

    /// The CPUs of everybody else; none if nobody holds any, which says that all are.
    pub fn shared(&self) -> Vec<u32> {
        if self.held.is_empty() {
            return Vec::new();
        }
        self.free().into_iter().flat_map(|core| self.all[core].iter().copied()).collect()
    }

    /// Hardware threads that somebody holds.
    pub fn held_threads(&self) -> u64 {
        self.held.values().flatten().map(|core| self.all[*core].len() as u64).sum()
    }

    /// Hardware threads that this holder holds.
    pub fn threads_of(&self, holder: &Holder) -> u64 {
        self.of(holder).len() as u64
    }

    fn free(&self) -> Vec<usize> {
        let held: BTreeSet<usize> = self.held.values().flatten().copied().collect();
        (0..self.all.len()).filter(|core| !held.contains(core)).collect()
    }
}

/// The usable threads of the core that `cpu` is one of.
fn siblings(cpu: u32, usable: &BTreeSet<u32>) -> Vec<u32> {
    let path = format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
    let mut found = fs::read_to_string(path).map(|text| list(&text)).unwrap_or_default();
    found.retain(|cpu| usable.contains(cpu));
    if found.contains(&cpu) { found } else { vec![cpu] }
}

/// A list as the kernel writes it: `0,4-6`.
pub fn list(text: &str) -> Vec<u32> {
    let part = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse::<u32>().ok()?..=last.trim().parse::<u32>().ok()?)
    };
    let mut all: Vec<u32> = text.trim().split(',').filter_map(part).flatten().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn host(id: &str) -> Holder {
        Holder::Host(id.to_owned())
    }

    fn of(count: u32) -> Cores {
        Cores::new((0..count).map(|cpu| vec![cpu]).collect())
    }

    #[test]
    fn of_two_cores_one_can_be_held_and_one_is_left() {
        let mut cores = of(2);
        assert_eq!(cores.shared(), Vec::<u32>::new());
        assert_eq!(cores.hold(&host("a"), 48), Ok(1));
        assert_eq!((cores.of(&host("a")), cores.shared()), (vec![1], vec![0]));
        assert!(cores.hold(&host("b"), 48).unwrap_err().0.contains("of its 2 cores 1 are held"));
        cores.give_back(&host("a"));
        assert_eq!(cores.hold(&host("b"), 48), Ok(1));
    }

    #[test]
    fn of_one_core_none_can_be_held() {
        assert!(of(1).hold(&host("a"), 1).is_err());
    }

    #[test]
    fn a_machine_that_is_in_state_only_has_no_cores_and_refuses_none() {
        let mut cores = Cores::default();
        assert_eq!(cores.hold(&host("a"), 48), Ok(0));
        assert_eq!((cores.of(&host("a")), cores.shared()), (vec![], vec![]));
    }

    #[test]
    fn threads_of_one_core_go_to_one_holder() {
        let mut cores = Cores::new(vec![vec![0, 2], vec![1, 3]]);
        cores.hold(&host("a"), 48).unwrap();
        assert_eq!((cores.of(&host("a")), cores.shared()), (vec![1, 3], vec![0, 2]));
        assert_eq!(cores.held_threads(), 2);
    }

    #[test]
    fn what_was_held_is_known_again() {
        let mut cores = of(4);
        cores.hold(&host("a"), 1).unwrap();
        let before = cores.of(&host("a"));
        let mut next = of(4);
        next.note(&host("a"), &before);
        next.note(&host("b"), &[before[0], 99]);
        assert_eq!(next.of(&host("a")), before);
        assert_eq!(next.of(&host("b")), Vec::<u32>::new());
    }

    #[test]
    fn lists_of_the_kernel_are_read() {
        assert_eq!(list("0,4-6\n"), [0, 4, 5, 6]);
        assert_eq!(list("\n"), Vec::<u32>::new());
    }

    #[test]
    fn this_host_has_cores() {
        let usable = std::thread::available_parallelism().unwrap().get();
        assert!(Cores::detect().count() <= usable);
    }

    proptest! {
        #[test]
        fn no_core_is_ever_held_twice_and_one_is_left(
            count in 1u32..20,
            steps in prop::collection::vec((0u8..6, prop::option::of(1u32..64)), 0..60),
        ) {
            let mut cores = of(count);
            for (who, most) in steps {
                let who = host(&who.to_string());
                match most {
                    Some(most) => {
                        let before = cores.clone();
                        match cores.hold(&who, most) {
                            Ok(mine) => {
                                prop_assert!(mine >= 1);
                                prop_assert!(mine <= usize::try_from(most).unwrap().max(before.of(&who).len()));
                                prop_assert!(before.of(&who).iter().all(|cpu| cores.of(&who).contains(cpu)));
                            }
                            Err(_) => prop_assert_eq!(&cores, &before),
                        }
                    }
                    None => cores.give_back(&who),
                }
                let holders: Vec<_> = (0u8..6).map(|id| cores.of(&host(&id.to_string()))).collect();
                let held: Vec<u32> = holders.into_iter().flatten().collect();
                let distinct: BTreeSet<u32> = held.iter().copied().collect();
                prop_assert_eq!(distinct.len(), held.len());
                if !held.is_empty() {
                    let shared = cores.shared();
                    prop_assert!(!shared.is_empty() && shared.iter().all(|cpu| !distinct.contains(cpu)));
                    prop_assert_eq!(shared.len() + held.len(), count as usize);
                }
            }
        }
    }
}
