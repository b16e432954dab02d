//! Savings Plans.

use std::collections::BTreeMap;

use freehold_store::Document;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::engine::{Hour, PlanKind, Region, SavingsPlan};
use crate::offers::{PlanFamily, PlanOffer};

/// How much of a plan may be returned, and until when (*Savings Plans user guide, Returning a purchased Savings Plan*).
const RETURNED_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
const MOST_RETURNED: Decimal = Decimal::ONE_HUNDRED;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// A UUID.
    pub id: String,
    pub account: String,
    /// Of [`PlanOffer::id`].
    pub offering: String,
    /// USD an hour.
    pub commitment: Decimal,
    /// USD at once.
    pub upfront: Decimal,
    pub purchased: Timestamp,
    pub start: Timestamp,
    pub end: Timestamp,
    /// When it was given back.
    #[serde(default)]
    pub returned: Option<Timestamp>,
    /// When it was deleted while it was queued.
    #[serde(default)]
    pub deleted: Option<Timestamp>,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

impl Document for Plan {
    const KIND: &'static str = "savingsplans.plan";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// *Savings Plans API reference, SavingsPlan: state*
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanState {
    Queued,
    QueuedDeleted,
    Active,
    Returned,
    Retired,
}

impl PlanState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::QueuedDeleted => "queued-deleted",
            Self::Active => "active",
            Self::Returned => "returned",
            Self::Retired => "retired",
        }
    }
}

impl Plan {
    pub fn state(&self, now: Timestamp) -> PlanState {
        match self {
            Self { deleted: Some(_), .. } => PlanState::QueuedDeleted,
            Self { returned: Some(_), .. } => PlanState::Returned,
            _ if now < self.start => PlanState::Queued,
            _ if now < self.end => PlanState::Active,
            _ => PlanState::Retired,
        }
    }

    pub fn arn(&self) -> String {
        format!("arn:aws:savingsplans::{}:savingsplan/{}", self.account, self.id)
    }

    /// Until when it may be returned; `None` if it may not.
    pub fn returnable_until(&self) -> Option<Timestamp> {
        let until = self.purchased.checked_add(RETURNED_WITHIN).ok()?;
        // And only within the month of the purchase.
        let same_month = freehold_metering::Month::of(self.purchased) == freehold_metering::Month::of(until);
        let month_end = || {
            let date = self.purchased.to_zoned(jiff::tz::TimeZone::UTC).date().last_of_month();
            date.at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC).ok().map(|end| end.timestamp())
        };
        let until = if same_month { Some(until) } else { month_end() };
        until.filter(|_| self.commitment <= MOST_RETURNED)
    }

    /// As a bill sees it; `None` for one that was never in force: deleted in the queue, or returned, which is as if it had
    /// not been bought.
    pub fn in_engine(&self, offer: &PlanOffer, region: &Region) -> Option<SavingsPlan> {
        let start = Hour::of(self.start);
        (self.deleted.is_none() && self.returned.is_none()).then(|| SavingsPlan {
            id: (&*self.id).into(),
            account: (&*self.account).into(),
            kind: match &offer.family {
                PlanFamily::Compute => PlanKind::Compute,
                PlanFamily::Ec2Instance(family) => {
                    PlanKind::Ec2Instance { region: region.clone(), family: family.clone() }
                }
            },
            start,
            end: start.plus(offer.term.hours().into()),
            commitment: self.commitment,
            upfront: self.upfront,
            offering: (&*self.offering).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(purchased: &str) -> Plan {
        let purchased: Timestamp = purchased.parse().unwrap();
        let year = SignedDuration::from_hours(365 * 24);
        Plan {
            id: "p".into(),
            account: "111111111111".into(),
            offering: "o".into(),
            commitment: Decimal::ONE,
            upfront: Decimal::ZERO,
            purchased,
            start: purchased,
            end: purchased.checked_add(year).unwrap(),
            returned: None,
            deleted: None,
            tags: BTreeMap::new(),
        }
    }

    #[test]
    fn its_state_follows_from_the_time_and_what_was_done() {
        let plan = plan("2026-11-30T10:00:00Z");
        let state = |plan: &Plan, at: &str| plan.state(at.parse().unwrap());
        assert_eq!(state(&plan, "2026-11-30T09:59:59Z"), PlanState::Queued);
        assert_eq!(state(&plan, "2026-11-30T10:00:00Z"), PlanState::Active);
        assert_eq!(state(&plan, "2027-11-30T09:59:59Z"), PlanState::Active);
        assert_eq!(state(&plan, "2027-11-30T10:00:00Z"), PlanState::Retired);
        let returned = Plan { returned: Some(plan.purchased), ..plan };
        assert_eq!(state(&returned, "2026-12-01T00:00:00Z"), PlanState::Returned);
    }

    #[test]
    fn it_may_be_returned_for_a_week_within_the_month_unless_it_is_large() {
        let until = |plan: &Plan| plan.returnable_until().map(|until| until.to_string());
        assert_eq!(until(&plan("2026-11-10T10:00:00Z")).as_deref(), Some("2026-11-17T10:00:00Z"));
        assert_eq!(until(&plan("2026-11-28T10:00:00Z")).as_deref(), Some("2026-11-30T23:59:59Z"));
        let large = Plan { commitment: Decimal::new(10001, 2), ..plan("2026-11-10T10:00:00Z") };
        assert_eq!(until(&large), None);
    }
}
