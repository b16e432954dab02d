//! Cost Explorer: what an account was charged, by time and by whatever tells charges apart.
//!
//! A request reads the bill of its period once ([`statement`]): lines that say what was charged in the hour (unblended)
//! and what the hour costs with its share of what was paid before (amortized), and how far commitments were used. An
//! account sees its own charges; commitments are shared between all accounts of the region.

mod coverage;
mod dimension;
mod errors;
mod filter;
mod forecast;
mod lines;
mod metrics;
mod operations;
mod pages;
mod period;
mod recommend;
mod reserve;
mod sort;
mod statement;
#[cfg(test)]
mod tests;
mod used;

pub(crate) use operations::service;
