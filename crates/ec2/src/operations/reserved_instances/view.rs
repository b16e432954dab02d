//! How Reserved Instances and their offers are shown.

use freehold_api::ec2 as api;
use freehold_billing::engine::Tenancy;
use freehold_billing::model::Reserved;
use freehold_billing::offers::{ReservationOffer, ReservationPrice};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::model::{ModificationStatus, ReservedModification, ReservedTarget, Tags};
use crate::region::{Region, Zone};
use crate::reserved::Bought;
use crate::view;

/// The one system that there are offers for.
pub const PRODUCT: &str = "Linux/UNIX";
pub const CURRENCY: &str = "USD";
pub const SCOPE_REGION: &str = "Region";
pub const SCOPE_ZONE: &str = "Availability Zone";
/// The one network platform that there is.
const PLATFORM: &str = "EC2-VPC";

/// With tags as filters know them.
pub struct Shown {
    pub reserved: api::ReservedInstances,
    pub tags: Tags,
}

pub fn reserved(region: &Region, bought: &Bought, now: Timestamp) -> Shown {
    let Bought { reserved, offer, .. } = bought;
    let zone = zone_of(region, offer.zone);
    let tags = Tags(reserved.tags.clone());
    let shown = api::ReservedInstances {
        currency_code: Some(CURRENCY.into()),
        instance_tenancy: Some(tenancy(offer.tenancy).into()),
        offering_class: Some(offer.class.name().into()),
        offering_type: Some(offer.payment.name().into()),
        recurring_charges: Some(recurring(reserved.hourly)),
        scope: Some(scope(offer.zone).into()),
        tags: view::tags(&tags),
        availability_zone_id: zone.map(|zone| zone.id.clone()),
        reserved_instances_id: Some(reserved.id.clone()),
        instance_type: Some(offer.instance_type.clone()),
        availability_zone: zone.map(|zone| zone.name.clone()),
        start: Some(reserved.start),
        end: Some(end(reserved)),
        duration: Some(offer.term.seconds()),
        usage_price: Some(0.0),
        fixed_price: Some(single(fixed_price(reserved))),
        instance_count: i32::try_from(reserved.count).ok(),
        product_description: Some(PRODUCT.into()),
        state: Some(reserved.state(now).name().into()),
    };
    Shown { reserved: shown, tags }
}

/// What was paid for an instance; nothing for what a modification made (*EC2 user guide, Modify Reserved Instances: the
/// modified reservation lists a $0 fixed price*).
fn fixed_price(reserved: &Reserved) -> Decimal {
    reserved.paid() / Decimal::from(reserved.count.max(1))
}

/// Its last second; of one that was replaced, when the new one began.
fn end(reserved: &Reserved) -> Timestamp {
    let last = reserved.end.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(reserved.end);
    reserved.retired.unwrap_or(last)
}

/// An offer with what it costs.
pub struct Offered {
    pub offer: ReservationOffer,
    pub price: ReservationPrice,
    /// Of one that keeps room there.
    pub zone: Option<Zone>,
}

impl From<&Offered> for api::ReservedInstancesOffering {
    fn from(offered: &Offered) -> Self {
        let Offered { offer, price, zone } = offered;
        Self {
            currency_code: Some(CURRENCY.into()),
            instance_tenancy: Some(tenancy(offer.tenancy).into()),
            marketplace: Some(false),
            offering_class: Some(offer.class.name().into()),
            offering_type: Some(offer.payment.name().into()),
            // Only offers of the marketplace come in numbers.
            pricing_details: Some(Vec::new()),
            recurring_charges: Some(recurring(price.hourly)),
            scope: Some(scope(offer.zone).into()),
            availability_zone_id: zone.as_ref().map(|zone| zone.id.clone()),
            reserved_instances_offering_id: Some(offer.id()),
            instance_type: Some(offer.instance_type.clone()),
            availability_zone: zone.as_ref().map(|zone| zone.name.clone()),
            duration: Some(offer.term.seconds()),
            usage_price: Some(0.0),
            fixed_price: Some(single(price.upfront)),
            product_description: Some(PRODUCT.into()),
        }
    }
}

pub fn modification(region: &Region, modification: ReservedModification) -> api::ReservedInstancesModification {
    let ReservedModification { id, client_token, created, updated, effective, status, message, .. } = modification;
    let result = |target: ReservedTarget| api::ReservedInstancesModificationResult {
        reserved_instances_id: target.made.clone(),
        target_configuration: Some(configuration(region, &target)),
    };
    let source = |id| api::ReservedInstancesId { reserved_instances_id: Some(id) };
    api::ReservedInstancesModification {
        client_token,
        create_date: Some(created),
        effective_date: (status != ModificationStatus::Failed).then_some(effective),
        modification_results: Some(modification.targets.into_iter().map(result).collect()),
        reserved_instances_ids: Some(modification.sources.into_iter().map(source).collect()),
        reserved_instances_modification_id: Some(id),
        status: Some(status.name().into()),
        status_message: message,
        update_date: Some(updated),
    }
}

fn configuration(region: &Region, target: &ReservedTarget) -> api::ReservedInstancesConfiguration {
    let zone = zone_of(region, target.zone);
    api::ReservedInstancesConfiguration {
        availability_zone: zone.map(|zone| zone.name.clone()),
        instance_count: i32::try_from(target.count).ok(),
        instance_type: Some(target.instance_type.clone()),
        platform: Some(PLATFORM.into()),
        scope: Some(scope(target.zone).into()),
        availability_zone_id: zone.map(|zone| zone.id.clone()),
    }
}

/// The zone with this letter.
pub fn zone_of(region: &Region, letter: Option<char>) -> Option<&Zone> {
    let letter = letter?;
    region.zones.iter().find(|zone| zone.name.strip_prefix(&*region.name).is_some_and(|rest| rest.starts_with(letter)))
}

pub fn scope(zone: Option<char>) -> &'static str {
    if zone.is_some() { SCOPE_ZONE } else { SCOPE_REGION }
}

pub fn tenancy(tenancy: Tenancy) -> &'static str {
    if tenancy == Tenancy::Dedicated { "dedicated" } else { "default" }
}

fn recurring(hourly: Decimal) -> Vec<api::RecurringCharge> {
    vec![api::RecurringCharge { amount: hourly.to_f64(), frequency: Some("Hourly".into()) }]
}

/// What the API has no more digits for.
pub fn single(amount: Decimal) -> f32 {
    amount.to_f32().unwrap_or_default()
}

/// A price as filters may write it: `9800.0` or `9800`.
pub fn price_texts(price: Option<f32>) -> Vec<String> {
    price.map(|price| vec![format!("{price:?}"), price.to_string()]).unwrap_or_default()
}

pub fn time(at: Option<Timestamp>) -> Vec<String> {
    at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()).into_iter().collect()
}

pub fn some(value: &Option<String>) -> Vec<String> {
    value.iter().cloned().collect()
}

pub fn text(value: Option<impl ToString>) -> Vec<String> {
    value.iter().map(ToString::to_string).collect()
}
