//! Bills hours: which usage a commitment pays for, and what is left for On-Demand (*Savings Plans user guide, How Savings
//! Plans apply to your usage; EC2 user guide, How Reserved Instance discounts are applied*).
//!
//! A clock hour is billed by itself. What a commitment promises for an hour and nobody uses is gone with the hour.

mod biller;
mod charge;
mod cover;
mod hour;
mod instance;
mod plan;
mod prices;
mod product;
mod reservation;
#[cfg(test)]
pub(crate) mod tests;

pub use biller::{Biller, HourUsage};
pub use charge::{Charge, Pays};
pub use hour::Hour;
pub use instance::{InstanceType, Platform, Tenancy};
pub use plan::{PlanKind, SavingsPlan};
pub use prices::Prices;
pub use product::{FargatePlatform, Instance, Product, Region};
pub use reservation::{Reservation, Scope};
