//! Connections: buffers, patience, and a stream that both directions of a relay can use at once.

mod buffer;
mod patience;
mod stream;
mod wire;

pub use buffer::{Buffer, Buffers};
pub use patience::Patience;
pub use stream::Stream;
pub use wire::Wire;
