//! Spot: room that EC2 sells cheaply and takes back.
//!
//! ```text
//!  RunInstances ──────────────► instance and request, fulfilled   (one transaction)
//!  RequestSpotInstances ──────► request, open ──┐
//!  freehold spot interrupt ┐
//!  [`reclaim`], for others ┴──► a moment ─────┐ │
//!                                             ▼ ▼
//!                             follow_spot: [`plan`] says what is next: launch, hold, mark, interrupt, close
//! ```
//!
//! The price is a share of the On-Demand price ([`price`]) that follows how full the host is ([`market`]). An On-Demand
//! instance that finds no room has Spot instances go for it ([`reclaim`]).

mod interrupt;
pub mod market;
pub mod plan;
pub mod price;
pub mod reclaim;
pub mod warnings;

pub(crate) use interrupt::mark;
pub use interrupt::{Interrupted, interrupt, recommend_rebalance};
