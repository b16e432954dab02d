//! The data plane of Lambda: execution environments, the Runtime API they speak, and the process that keeps them.
//!
//! The control plane writes revisions of functions to disk ([`spec`], [`layout`]) and speaks to the node through a socket
//! ([`contract`], [`client`]). It knows nothing of sandboxes; this crate knows nothing of AWS's API.
//!
//! An invocation from top to bottom: [`node`] reads it from the socket, its pool finds or makes an [`environment`], whose
//! runtime takes it from the [`api`] and brings the response back there.

mod api;
pub mod client;
pub mod contract;
mod endpoint;
mod environment;
pub mod launch;
pub mod layout;
mod logs;
pub mod node;
mod resolver;
mod revisions;
pub mod runtimes;
pub mod spec;
mod telemetry;
#[cfg(test)]
mod testing;
mod variables;
