//! The data plane of Lambda: execution environments, the Runtime API they speak, and the process that keeps them.
//!
//! The control plane writes revisions of functions to disk ([`spec`], [`layout`]) and speaks to the node through a socket
//! ([`contract`]). It knows nothing of sandboxes; this crate knows nothing of AWS's API.

pub mod contract;
pub mod layout;
pub mod spec;
