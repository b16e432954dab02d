//! Flows: what network balancers, and TCP listeners of classic ones, pass on without looking at it.

mod proxy_protocol;
mod source;
mod splice;
pub mod tcp;
pub mod udp;

pub use splice::Splice;
