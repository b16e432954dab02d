//! How many batches of a mapping may be under way (*Developer guide, Configuring scaling behavior for SQS event source
//! mappings*): five to begin with, and while there is more in the queue up to 300 more a minute. What came all at once would
//! start as many environments at once, and time would run out in all of them.

use std::time::Duration;

use tokio::time::Instant;

const AT_FIRST: usize = 5;
/// 300 a minute.
pub(super) const ANOTHER: Duration = Duration::from_millis(200);

pub(super) struct Scale {
    most: usize,
    grown: Instant,
}

impl Scale {
    pub fn new(now: Instant) -> Self {
        Self { most: AT_FIRST, grown: now }
    }

    /// Whether another batch may begin while so many are under way. Grows if all that may be are, towards `limit`.
    pub fn allows(&mut self, under_way: usize, limit: usize, now: Instant) -> bool {
        if under_way >= self.most && self.most < limit && now.duration_since(self.grown) >= ANOTHER {
            self.most += 1;
            self.grown = now;
        }
        under_way < self.most.min(limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_may_begin_and_five_more_each_second() {
        let began = Instant::now();
        let mut scale = Scale::new(began);
        let mut under_way = 0;
        let mut count = |scale: &mut Scale, ms: u64| {
            while scale.allows(under_way, 1000, began + Duration::from_millis(ms)) {
                under_way += 1;
            }
            under_way
        };
        assert_eq!(count(&mut scale, 0), 5);
        assert_eq!(count(&mut scale, 199), 5);
        let counts: Vec<_> = (1..=5).map(|step| count(&mut scale, step * 200)).collect();
        assert_eq!(counts, [6, 7, 8, 9, 10]);
        // It does not make up for the time in which nobody asked.
        assert_eq!(count(&mut scale, 60_000), 11);
    }

    #[test]
    fn a_mapping_may_have_a_limit_of_its_own() {
        let began = Instant::now();
        let mut scale = Scale::new(began);
        assert!(scale.allows(1, 2, began));
        assert!(!scale.allows(2, 2, began + Duration::from_secs(60)));
    }
}
