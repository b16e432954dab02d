//! What functions write, and what the platform writes about them.

mod frames;
mod pipe;
pub mod platform;
mod spool;
mod stream;

pub use frames::Event;
pub use pipe::{Pipe, pipe};
pub use spool::Spool;
pub use stream::Stream;

/// Milliseconds since 1970 by the host's clock: it is the one that functions see.
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A point in time as the platform writes it.
pub fn iso(ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
