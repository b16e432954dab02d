//! What was used, written down by whoever let it be used.
//!
//! A service writes a [`Stretch`] in the same transaction that ends it: when an instance stops running, a volume is deleted
//! or an address is released. So none is lost and none is there twice, whenever the region is killed. What still goes on
//! has no row; its service shows it when asked ([`Ongoing`]). What is counted rather than timed goes into a [`Tally`] of
//! its hour. Rows are never changed afterwards; what they cost is for billing to say.

mod counter;
mod counts;
mod month;
mod ongoing;
mod stretch;
mod tally;
mod used;

pub use counter::{Counter, FlushCounts};
pub use counts::Counts;
pub use month::Month;
pub use ongoing::Ongoing;
pub use stretch::Stretch;
pub use tally::Tally;
pub use used::{BalancerKind, Tenancy, Used};
