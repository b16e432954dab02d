mod properties;
mod published;
mod reservations;
mod savings_plans;
mod world;
mod year;
