//! Connections to targets.

mod connect;
mod http2;
mod pool;

pub use connect::{Established, establish, handshake};
pub use http2::Sender;
pub use pool::Pool;
