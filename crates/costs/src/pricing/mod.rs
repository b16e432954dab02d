//! The price list: products with their attributes, and what they cost On-Demand and reserved.
//!
//! Nothing is kept: products are named by their place in an order that never changes while a region runs, and are made
//! when they are asked for.

mod errors;
mod hardware;
mod listing;
mod operations;
mod pages;
mod product;
mod terms;

pub use hardware::{Hardware, TypeAttributes};
pub(crate) use operations::service;
