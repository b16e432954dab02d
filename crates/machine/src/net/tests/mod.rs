//! Tests with real namespaces and real packets. They need root, and clean up after themselves even when they
//! fail. Each has a region of its own, so that they can run at the same time.

mod arp;
mod figures;
pub(crate) mod fixture;
pub(crate) mod guest;
mod isolation;
mod lifecycle;
mod metadata;
mod routing;
mod rules;

use fixture::Region;
