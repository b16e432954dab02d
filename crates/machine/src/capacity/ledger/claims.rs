//! Room that is claimed before it is there: a machine is noted, and begins when others have gone for it.

use super::{Ledger, Pool, Share};

/// All of a pool, in [`Ledger::fullness`].
pub const WHOLE: u32 = 10_000;

impl Ledger {
    /// Whether all machines that are noted fit, once those are gone for which `is_gone` says so, and `count` more of `share`
    /// beside them.
    pub fn fits_without(&self, is_gone: impl Fn(&str) -> bool, count: u64, share: Share) -> bool {
        let books = self.lock();
        let held = self.pool.overcommitted(books.cores.held_threads() * 1000);
        let (mut cpu, mut memory) = (u128::from(held), 0u128);
        let stay = books.entries_without(is_gone).chain([(share, count, None)]);
        for (share, count, holder) in stay {
            // Those on cores of their own take nothing of the others.
            if holder.is_none() {
                cpu += u128::from(self.pool.cpu_cost(share)) * u128::from(count);
            }
            memory += u128::from(share.memory_mib) * u128::from(count);
        }
        cpu <= self.pool.cpu_millis.into() && memory <= self.pool.memory_mib.into()
    }

    /// How much of the pool is promised, in ten-thousandths: of processors or of memory, whichever is scarcer. `None` where
    /// there is no end of it.
    pub fn fullness(&self) -> Option<u32> {
        if self.pool == Pool::UNLIMITED {
            return None;
        }
        let books = self.lock();
        let (free_cpu, free_memory) = (books.free_cpu(&self.pool), books.free_memory(&self.pool));
        let used = |free: u64, all: u64| {
            let part = u128::from(all - free) * u128::from(WHOLE) / u128::from(all.max(1));
            u32::try_from(part).unwrap_or(WHOLE)
        };
        let parts = [(free_cpu, self.pool.cpu_millis), (free_memory, self.pool.memory_mib)];
        parts.map(|(free, all)| used(free, all)).into_iter().max()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(cpu_millis: u64, memory_mib: u64) -> Share {
        Share { cpu_millis, memory_mib, is_exclusive: false }
    }

    const POOL: Pool = Pool { cpu_millis: 8000, memory_mib: 1000, cpu_overcommit_percent: 400 };

    #[test]
    fn what_is_claimed_takes_the_room_of_others_at_once() {
        let ledger = Ledger::new(POOL);
        assert!(ledger.promise(&["spot".to_owned()], share(100, 900)).is_ok());
        assert!(!ledger.fits_without(|_| false, 1, share(100, 500)));
        assert!(ledger.fits_without(|id| id == "spot", 2, share(100, 500)));
        assert!(!ledger.fits_without(|id| id == "spot", 3, share(100, 500)));
        ledger.note("claimed", share(100, 500));
        assert_eq!(ledger.room_for(share(1, 1)), 0);
        assert!(!ledger.fits_without(|_| false, 0, share(0, 0)));
        ledger.release("spot");
        assert!(ledger.fits_without(|_| false, 0, share(0, 0)));
    }

    #[test]
    fn the_scarcer_of_both_says_how_full_it_is() {
        let ledger = Ledger::new(POOL);
        assert_eq!(ledger.fullness(), Some(0));
        ledger.note("a", share(2000, 600));
        assert_eq!(ledger.fullness(), Some(6000));
        ledger.note("b", share(6000, 0));
        assert_eq!(ledger.fullness(), Some(WHOLE));
        ledger.note("c", share(6000, 9000));
        assert_eq!(ledger.fullness(), Some(WHOLE));
        assert_eq!(Ledger::new(Pool::UNLIMITED).fullness(), None);
    }

    proptest! {
        #[test]
        fn what_fits_is_promised(cpu in 0u64..10_000, memory in 0u64..1200, count in 0u64..5, more in 1u64..300) {
            let ledger = Ledger::new(POOL);
            let _ = ledger.promise(&["a".to_owned()], share(cpu, memory));
            let ids: Vec<String> = (0..count).map(|number| number.to_string()).collect();
            let fits = ledger.fits_without(|_| false, count, share(more, more));
            prop_assert_eq!(fits, ledger.promise(&ids, share(more, more)).is_ok());
        }
    }
}
