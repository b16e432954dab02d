//! HTTP. Version 1 is read and written here, and not by a library: desync mitigation has to see what a client really
//! sent, AWS's own answers to malformed requests are part of the service, and a request that passes from one buffer to
//! the other with its fields untouched is what makes the balancer fast. Version 2 is hyper's, on both sides.
//!
//! Whatever a client sent, what leaves for a target is written anew: one request line, one framing, no hop-by-hop fields.

pub mod answer;
pub mod date;
pub mod decide;
pub mod desync;
pub mod fault;
pub mod forwarded;
pub mod h1;
pub mod h2;
pub mod message;
pub mod record;
pub mod serve;
pub mod upstream;
