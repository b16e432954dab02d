//! What only Freehold is asked: receivers that wait for nothing, and a queue with a million messages.

mod idle;
mod million;

pub use idle::idle;
pub use million::million;

/// A line of the table that has words instead of rates.
pub struct Fact {
    pub what: String,
    pub result: String,
    pub goal: &'static str,
    pub met: bool,
}
