//! Functions as targets (*User Guide, Use Lambda functions as targets*). A request becomes an event ([`event`]), the
//! region runs the function ([`contract`]), and what it returns becomes an answer ([`answer`]). While the region is away
//! its functions do not answer, and all other targets do.

mod answer;
pub mod contract;
mod event;
mod exchange;
mod probe;

pub use answer::Answered;
pub use exchange::{Exchange, LARGEST_BODY};
pub use probe::FunctionProbe;
