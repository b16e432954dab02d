//! Warm pools: instances that are ready before they are needed (*User guide, Warm pools*).

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WarmPool {
    /// Instances of the group and the pool together; the group's maximum where it is not said.
    pub max_prepared: Option<u32>,
    /// The pool has at least so many.
    pub min_size: u32,
    pub state: PoolState,
    /// Whether instances return to the pool when the group shrinks.
    pub reuse: bool,
    /// Its instances are being terminated; then it is gone.
    pub deleting: bool,
}

/// What instances do in the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PoolState {
    Stopped,
    Running,
}

impl PoolState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopped => "Stopped",
            Self::Running => "Running",
        }
    }
}

impl WarmPool {
    /// How many instances the pool should have for a group of this size: what is missing to the prepared capacity, and
    /// never less than its minimum.
    pub fn wanted(&self, desired: u32, max: u32) -> u32 {
        if self.deleting {
            return 0;
        }
        self.max_prepared.unwrap_or(max).saturating_sub(desired).max(self.min_size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_holds_what_the_group_may_still_grow_by() {
        let pool = |max_prepared, min_size| WarmPool {
            max_prepared,
            min_size,
            state: PoolState::Stopped,
            reuse: false,
            deleting: false,
        };
        assert_eq!(pool(None, 0).wanted(2, 5), 3);
        assert_eq!(pool(None, 0).wanted(5, 5), 0);
        assert_eq!(pool(None, 1).wanted(5, 5), 1);
        assert_eq!(pool(Some(4), 0).wanted(2, 10), 2);
        assert_eq!(WarmPool { deleting: true, ..pool(Some(4), 2) }.wanted(2, 10), 0);
    }
}
