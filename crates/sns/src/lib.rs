//! The service `sns`.

mod delivery_policy;
mod filter;
mod model;
