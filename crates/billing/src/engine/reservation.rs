//! Reserved Instances, as far as a bill cares.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{Hour, Instance, InstanceType, Platform, Product, Region, Tenancy};

/// So many instances of a type, paid for whether they run or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub id: Arc<str>,
    /// Who bought it; their usage comes first.
    pub account: Arc<str>,
    pub kind: InstanceType,
    pub scope: Scope,
    pub region: Region,
    pub platform: Platform,
    /// Never [`Tenancy::Host`].
    pub tenancy: Tenancy,
    /// Instances.
    pub count: u32,
    /// The first hour in force.
    pub start: Hour,
    /// The first hour no longer in force.
    pub end: Hour,
    /// Hours from purchase to expiry, over which the upfront payment is spread; not `end - start`, for one that was split
    /// or modified begins later than what was paid for it.
    pub term_hours: u32,
    /// USD an instance, paid at once.
    pub upfront: Decimal,
    /// USD for all of its instances that were paid in its first hour: nothing for one that a modification made, for what
    /// it replaced was paid for.
    pub paid: Decimal,
    /// USD an instance and hour, used or not.
    pub hourly: Decimal,
    /// What was bought, by the id of the offer.
    pub offering: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// For instances of the same size in this zone, where it also keeps room for them.
    Zone(Arc<str>),
    /// For instances in the region, of other sizes of the family too where sizes are flexible.
    Region,
}

impl Reservation {
    pub fn is_in_force(&self, hour: Hour) -> bool {
        (self.start..self.end).contains(&hour)
    }

    pub fn is_zonal(&self) -> bool {
        matches!(self.scope, Scope::Zone(_))
    }

    /// Whether it pays for other sizes of its family (*EC2 user guide, How Reserved Instance discounts are applied: only
    /// regional ones for Linux with default tenancy*).
    pub fn is_flexible(&self) -> bool {
        self.scope == Scope::Region
            && self.platform == Platform::Linux
            && self.tenancy == Tenancy::Shared
            && self.kind.has_flexible_sizes()
    }

    /// Room that nobody uses is paid for by regional ones only: those of a zone keep their own (*EC2 user guide, Capacity
    /// Reservation pricing and billing: billing discounts*).
    pub fn fits(&self, product: &Product) -> bool {
        let Some(Instance { kind, region, zone, platform, tenancy }) = product.committable() else { return false };
        let is_there = match &self.scope {
            Scope::Zone(there) => there == zone && !product.is_room(),
            Scope::Region => self.region == *region,
        };
        let is_size = if self.is_flexible() { kind.family == self.kind.family } else { *kind == self.kind };
        is_there && is_size && *platform == self.platform && *tenancy == self.tenancy
    }

    /// What an hour of this product takes of it; [`Reservation::capacity`] is the whole.
    pub fn weight(&self, product: &Product) -> Decimal {
        match product.committable() {
            Some(instance) if self.is_flexible() => instance.kind.units(),
            _ => Decimal::ONE,
        }
    }

    /// What an hour of an instance of its own size takes of it.
    pub fn own_weight(&self) -> Decimal {
        if self.is_flexible() { self.kind.units() } else { Decimal::ONE }
    }

    /// What there is of it in an hour.
    pub fn capacity(&self) -> Decimal {
        self.own_weight() * Decimal::from(self.count)
    }

    /// USD an hour for all of its instances, with the hour's share of what was paid at once.
    pub fn amortized(&self) -> Decimal {
        let upfront = self.upfront / Decimal::from(self.term_hours.max(1));
        (self.hourly + upfront) * Decimal::from(self.count)
    }
}
