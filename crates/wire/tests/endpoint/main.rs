//! The endpoint from outside, over real connections: toy operations behind the tables of real services.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails by panicking")]

mod bounds;
mod harness;
mod identity;
mod rest;
mod routing;
mod sites;
mod tls;
