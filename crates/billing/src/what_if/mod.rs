//! What a workload would cost under each purchase option, before anything is bought.
//!
//! What was used is taken for what will be used. For each offer the amount that costs least is found: one more dollar an
//! hour, or one more instance, is bought as long as it takes away more than it costs, over all hours together. The mix
//! takes what is best for each family and lets a Compute plan have the rest.

mod choice;
mod marginal;
mod mix;
mod profile;
mod search;
#[cfg(test)]
mod tests;
mod usage_file;

pub use choice::{Bought, Choice, Offer};
pub use marginal::best_count;
pub use profile::Profile;
pub use search::{Wanted, what_if};
pub use usage_file::BadUsage;
