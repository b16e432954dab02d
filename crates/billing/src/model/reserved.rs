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
    /// USD for all of its instances, when it began; `None` is `upfront` for each. What a modification made costs nothing,
    /// and what an exchange made what was left to pay.
    #[serde(default)]
    pub paid: Option<Decimal>,
    /// USD an instance and hour.
    pub hourly: Decimal,
    /// When it was bought, or queued to be; `None` for what a modification or an exchange made.
    #[serde(default)]
    pub purchased: Option<Timestamp>,
    pub start: Timestamp,
    /// A whole term after it was bought.
    pub end: Timestamp,
    /// When a modification or an exchange replaced it.
    #[serde(default)]
    pub retired: Option<Timestamp>,
    /// When it was deleted while it was queued.
    #[serde(default)]
    pub deleted: Option<Timestamp>,
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
    QueuedDeleted,
    Active,
    Retired,
}

impl ReservedState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::QueuedDeleted => "queued-deleted",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

impl Reserved {
    pub fn state(&self, now: Timestamp) -> ReservedState {
        match self {
            Self { deleted: Some(_), .. } => ReservedState::QueuedDeleted,
            Self { retired: Some(retired), .. } if *retired <= now => ReservedState::Retired,
            _ if now < self.start => ReservedState::Queued,
            _ if now < self.end => ReservedState::Active,
            _ => ReservedState::Retired,
        }
    }

    /// USD for all of its instances that are paid when it begins.
    pub fn paid(&self) -> Decimal {
        self.paid.unwrap_or(self.upfront * Decimal::from(self.count))
    }

    /// As a bill sees it; `None` if it was deleted in the queue or its type is no longer known. One that was replaced within
    /// its first hour is never in force, but was paid for.
    pub fn in_engine(&self, region: &Region, types: &dyn InstanceTypes) -> Option<Reservation> {
        let offer = ReservationOffer::parse(&self.offering, types)?;
        let (start, whole) = (Hour::of(self.start), Hour::of(self.end));
        let end = self.retired.map_or(whole, |retired| whole.min(Hour::of(retired)));
        let kind = types.parse(&offer.instance_type)?;
        (self.deleted.is_none() && self.count > 0).then(|| Reservation {
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
            paid: self.paid(),
            hourly: self.hourly,
            offering: (&*self.offering).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::offers::{Class, Payment, Term};
    use crate::sheet::TypeFacts;

    struct Types;

    impl InstanceTypes for Types {
        fn find(&self, name: &str) -> Option<TypeFacts> {
            (name == "m5.large").then_some(TypeFacts { vcpus: 2, on_demand: None })
        }

        fn names(&self) -> Vec<String> {
            vec!["m5.large".into()]
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// For a year, of two instances at 100 USD each.
    fn reserved(start: &str) -> Reserved {
        let offer = ReservationOffer {
            instance_type: "m5.large".into(),
            zone: Some('b'),
            tenancy: Tenancy::Shared,
            class: Class::Standard,
            term: Term::OneYear,
            payment: Payment::PartialUpfront,
        };
        Reserved {
            id: "r".into(),
            account: "111111111111".into(),
            offering: offer.id(),
            count: 2,
            upfront: Decimal::ONE_HUNDRED,
            paid: None,
            hourly: Decimal::new(1, 2),
            purchased: Some(at(start)),
            start: at(start),
            end: at(start).checked_add(SignedDuration::from_secs(offer.term.seconds())).unwrap(),
            retired: None,
            deleted: None,
            tags: Default::default(),
        }
    }

    #[test]
    fn its_state_follows_from_the_time_and_what_was_done() {
        let one = reserved("2026-11-30T10:20:30Z");
        let state = |one: &Reserved, moment: &str| one.state(at(moment));
        assert_eq!(state(&one, "2026-11-30T10:20:29Z"), ReservedState::Queued);
        assert_eq!(state(&one, "2026-11-30T10:20:30Z"), ReservedState::Active);
        assert_eq!(state(&one, "2027-11-30T10:20:30Z"), ReservedState::Retired);
        let replaced = Reserved { retired: Some(at("2027-01-01T00:00:00Z")), ..one.clone() };
        assert_eq!(state(&replaced, "2026-12-31T23:59:59Z"), ReservedState::Active);
        assert_eq!(state(&replaced, "2027-01-01T00:00:00Z"), ReservedState::Retired);
        let deleted = Reserved { deleted: Some(at("2026-11-01T00:00:00Z")), ..one };
        assert_eq!(state(&deleted, "2027-01-01T00:00:00Z"), ReservedState::QueuedDeleted);
    }

    #[test]
    fn a_bill_has_it_for_a_year_of_hours_from_that_of_its_purchase() {
        let one = reserved("2026-11-30T10:20:30Z");
        let billed = |one: &Reserved| one.in_engine(&"us-east-1".into(), &Types);
        let whole = billed(&one).unwrap();
        assert_eq!((whole.end.0 - whole.start.0, whole.start.start()), (8760, at("2026-11-30T10:00:00Z")));
        assert_eq!((whole.paid, whole.scope), (Decimal::from(200), Scope::Zone("us-east-1b".into())));
        let replaced = Reserved { retired: Some(at("2026-11-30T10:00:00Z")), ..one.clone() };
        assert!(billed(&replaced).is_some_and(|one| one.start == one.end && one.paid == Decimal::from(200)));
        assert_eq!(billed(&Reserved { deleted: Some(one.start), ..one }), None);
    }
}
