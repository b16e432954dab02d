//! Spot: room that EC2 sells cheaply and takes back.
//!
//! ```text
//!  RunInstances ──────────────► instance and request, fulfilled   (one transaction)
//!  RequestSpotInstances ──────► request, open ──┐
//!  freehold spot interrupt ───► a moment ─────┐ │
//!                                             ▼ ▼
//!                             follow_spot: [`plan`] says what is next: launch, hold, mark, interrupt, close
//! ```
//!
//! The price is a fixed share of the On-Demand price ([`price`]); room is the host's. A market that moves would change
//! these two and nothing else here.

mod interrupt;
pub mod plan;
pub mod price;

pub use interrupt::{Interrupted, interrupt, recommend_rebalance};
