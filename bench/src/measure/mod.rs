//! One file per measurement.

mod describe;
mod launch;
mod requests;
mod start;

pub use describe::describe;
pub use launch::launch;
pub use requests::requests;
pub use start::start;
