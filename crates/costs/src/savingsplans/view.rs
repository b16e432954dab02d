//! Plans and offers as callers see them.

use freehold_api::savingsplans::{
    ParentSavingsPlanOffering, SavingsPlan, SavingsPlanOffering, SavingsPlanOfferingProperty,
};
use freehold_billing::engine::Region;
use freehold_billing::model::Plan;
use freehold_billing::offers::PlanOffer;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::names;
use crate::money;

/// `2026-11-30T10:00:00.000Z`
pub(super) fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// The last second of a plan, which is what AWS calls its end.
pub(super) fn last_second(plan: &Plan) -> Timestamp {
    plan.end.checked_sub(SignedDuration::from_secs(1)).unwrap_or(plan.end)
}

/// A plan, for its owner.
pub(super) fn plan(plan: &Plan, offer: &PlanOffer, region: &Region, now: Timestamp) -> SavingsPlan {
    let recurring = plan.in_engine(offer, region).map_or_else(
        // One that is not billed shows what it would have been.
        || plan.commitment * (rust_decimal::Decimal::ONE - offer.payment.upfront_share()),
        |engine| engine.recurring(),
    );
    SavingsPlan {
        offering_id: Some(plan.offering.clone()),
        savings_plan_id: Some(plan.id.clone()),
        savings_plan_arn: Some(plan.arn()),
        description: Some(names::description(offer)),
        start: Some(moment(plan.start)),
        end: Some(moment(last_second(plan))),
        state: Some(plan.state(now).name().to_owned()),
        region: names::family(offer).map(|_| region.to_string()),
        ec2_instance_family: names::family(offer).map(str::to_owned),
        savings_plan_type: Some(names::plan_type(offer).to_owned()),
        payment_option: Some(offer.payment.name().to_owned()),
        product_types: Some(names::product_types(offer)),
        currency: Some(names::CURRENCY.to_owned()),
        commitment: Some(money::plain(plan.commitment)),
        upfront_payment_amount: Some(money::plain(plan.upfront)),
        recurring_payment_amount: Some(money::plain(recurring.round_dp(8))),
        term_duration_in_seconds: Some(offer.term.seconds()),
        tags: Some(plan.tags.clone()),
        // *SavingsPlan: returnableUntil*: the start of one that may not be returned.
        returnable_until: Some(moment(plan.returnable_until().unwrap_or(plan.start))),
    }
}

pub(super) fn offering(offer: &PlanOffer, region: &Region) -> SavingsPlanOffering {
    let property = |(name, value): &(&str, String)| SavingsPlanOfferingProperty {
        name: Some((*name).to_owned()),
        value: Some(value.clone()),
    };
    SavingsPlanOffering {
        offering_id: Some(offer.id()),
        product_types: Some(names::product_types(offer)),
        plan_type: Some(names::plan_type(offer).to_owned()),
        description: Some(names::description(offer)),
        payment_option: Some(offer.payment.name().to_owned()),
        duration_seconds: Some(offer.term.seconds()),
        currency: Some(names::CURRENCY.to_owned()),
        service_code: Some(names::SERVICE_CODE.to_owned()),
        usage_type: Some(names::usage_type(offer)),
        operation: Some(String::new()),
        properties: Some(offering_properties(offer, region).iter().map(property).collect()),
    }
}

/// What tells offers of one kind apart; those of Compute plans have nothing.
pub(super) fn offering_properties(offer: &PlanOffer, region: &Region) -> Vec<(&'static str, String)> {
    let of_family = |family: &str| vec![("region", region.to_string()), ("instanceFamily", family.to_owned())];
    names::family(offer).map_or_else(Vec::new, of_family)
}

pub(super) fn parent(offer: &PlanOffer) -> ParentSavingsPlanOffering {
    ParentSavingsPlanOffering {
        offering_id: Some(offer.id()),
        payment_option: Some(offer.payment.name().to_owned()),
        plan_type: Some(names::plan_type(offer).to_owned()),
        duration_seconds: Some(offer.term.seconds()),
        currency: Some(names::CURRENCY.to_owned()),
        plan_description: Some(names::description(offer)),
    }
}
