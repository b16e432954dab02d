//! What was bought, as it is stored.

mod plan;
mod reserved;

pub use plan::{Plan, PlanState};
pub use reserved::{Reserved, ReservedState};
