mod properties;
mod published;
mod reservations;
mod rooms_and_hosts;
mod savings_plans;
mod together;
pub(crate) mod world;
mod year;
