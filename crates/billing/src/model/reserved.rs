//! Reserved Instances.

use freehold_store::Document;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::engine::{Hour, Platform, Region, Reservation, Scope, Tenancy};
use crate::offers::ReservationOffer;
use crate::sheet::InstanceTypes;

/// So many of one offer, or what a modification made of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserved {
    /// A UUID.
    pub id: String,
    pub account: String,
    /// The offer's id, with the attributes that it has now: a modification may have changed zone and size.
    pub offering: String,
    pub count: u32,
    /// USD an instance, at once, for the whole term.
    pub upfront: Decimal,
    /// USD an instance and hour.
    pub hourly: Decimal,
    pub start: Timestamp,
    pub end: Timestamp,
    /// When a modification or an exchange replaced it.
    #[serde(default)]
    pub retired: Option<Timestamp>,
    #[serde(default)]
    pub tags: std::collections::BTreeMap<String, String>,
}

impl Document for Reserved {
    const KIND: &'static str = "ec2.reserved-instances";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// *EC2 API reference, ReservedInstances: State*
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservedState {
    Queued,
    Active,
    Retired,
}

impl ReservedState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

impl Reserved {
    pub fn state(&self, now: Timestamp) -> ReservedState {
        match self.retired {
            Some(retired) if retired <= now => ReservedState::Retired,
            _ if now < self.start => ReservedState::Queued,
            _ if now < self.end => ReservedState::Active,
            _ => ReservedState::Retired,
        }
    }

    /// As a bill sees it; `None` if it was never in force or its type is no longer known.
    pub fn in_engine(&self, region: &Region, types: &dyn InstanceTypes) -> Option<Reservation> {
        let offer = ReservationOffer::parse(&self.offering, types)?;
        let (start, whole) = (Hour::of(self.start), Hour::of(self.end));
        let end = self.retired.map_or(whole, |retired| whole.min(Hour::of(retired)));
        let kind = types.parse(&offer.instance_type)?;
        (start < end && self.count > 0).then(|| Reservation {
            id: (&*self.id).into(),
            account: (&*self.account).into(),
            kind,
            scope: offer.zone.map_or(Scope::Region, |letter| Scope::Zone(format!("{region}{letter}").into())),
            region: region.clone(),
            platform: Platform::Linux,
            tenancy: if offer.tenancy == Tenancy::Dedicated { Tenancy::Dedicated } else { Tenancy::Shared },
            count: self.count,
            start,
            end,
            term_hours: offer.term.hours(),
            upfront: self.upfront,
            hourly: self.hourly,
        })
    }
}
