//! The service `sns`.

mod filter;
mod model;
