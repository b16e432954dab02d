//! Decisions, as pure functions of what is stored and what the time is.

pub(crate) mod capacity;
pub(crate) mod cron;
pub(crate) mod refresh;
pub(crate) mod scaling;
pub(crate) mod sentences;
mod spot_pools;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod victims;
pub(crate) mod zones;
