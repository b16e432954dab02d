//! Savings Plans: what is on offer, at which rates, and what accounts bought.

mod errors;
pub(crate) mod names;
mod operations;
mod pages;
mod rates;
mod view;

pub(crate) use operations::service;
