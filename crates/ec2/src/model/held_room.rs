//! Room that is held for instances of an account: by a Capacity Reservation, or by Reserved Instances of a zone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Tenancy;
use super::resource::document;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRoom {
    /// Of whatever holds it: `cr-…`, or the id of Reserved Instances.
    pub id: String,
    pub account: String,
    /// `m5.large`
    pub instance_type: String,
    /// `us-east-1a`
    pub zone: String,
    pub platform: String,
    pub tenancy: Tenancy,
    /// Instances that there is room for, those in it among them.
    pub count: u32,
    /// How many are in it.
    pub used: u32,
    /// Instances that fit use it without naming it.
    pub is_open: bool,
    /// What is unused costs as if it were used: Capacity Reservations. Reserved Instances are paid for anyway.
    pub is_metered: bool,
    /// Since when so many are unused.
    pub since: Timestamp,
}

document!(HeldRoom, "ec2.held-room");

impl HeldRoom {
    pub fn unused(&self) -> u32 {
        self.count.saturating_sub(self.used)
    }
}
