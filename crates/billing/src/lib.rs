//! What a workload costs: usage, the commitments that were bought, and the bill that comes of both.
//!
//! ```text
//!  usage of an hour ──▶ Reserved Instances ──▶ EC2 Instance Savings Plans ──▶ Compute Savings Plans ──▶ On-Demand
//!                        zonal, then regional     highest saving first           the same
//! ```
//!
//! [`engine`] is pure: it knows neither the store nor the clock, and what it is asked twice it answers twice the same.

pub mod bill;
pub mod engine;
pub mod import;
mod ledger;
pub mod model;
pub mod offers;
pub mod report;
pub mod sheet;
pub mod what_if;

pub use ledger::Ledger;
