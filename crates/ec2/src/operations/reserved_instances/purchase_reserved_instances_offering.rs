//! `PurchaseReservedInstancesOffering`: at once, or queued for later.

use std::sync::Arc;

use freehold_api::ec2::{
    PurchaseReservedInstancesOfferingRequest, PurchaseReservedInstancesOfferingResult, ReservedInstanceLimitPrice,
};
use freehold_billing::model::Reserved;
use freehold_billing::offers::ReservationOffer;
use freehold_core::ids;
use freehold_metering::Month;
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::find;
use super::view::{CURRENCY, Offered};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup;
use crate::operations::dry_run;
use crate::reserved::{Bought, room};

/// Instances in a month for the region, and as many for each zone (*EC2 user guide, Reserved Instance quotas*).
const MOST_A_MONTH: u32 = 20;
/// *EC2 user guide, Queue your purchase: up to three years in advance*
const QUEUED_WITHIN: SignedDuration = SignedDuration::from_hours(3 * 365 * 24);

pub async fn purchase_reserved_instances_offering(
    ec2: Arc<Ec2>,
    call: Call,
    input: PurchaseReservedInstancesOfferingRequest,
) -> Result<PurchaseReservedInstancesOfferingResult> {
    let id = input.reserved_instances_offering_id.ok_or(Error::MissingParameter("ReservedInstancesOfferingId"))?;
    let count = count(input.instance_count.ok_or(Error::MissingParameter("InstanceCount"))?)?;
    let offered = find::offer(&ec2, &id)?;
    let now = ec2.now();
    let start = start(&offered.offer, input.purchase_time, now)?;
    check_limit(&offered, count, input.limit_price)?;
    let end = start.checked_add(SignedDuration::from_secs(offered.offer.term.seconds()));
    let reserved = Reserved {
        id: ids::uuid(),
        account: call.account().to_owned(),
        offering: id,
        count,
        upfront: offered.price.upfront,
        paid: None,
        hourly: offered.price.hourly,
        purchased: Some(now),
        start,
        end: end.map_err(|_| Error::invalid_value("PurchaseTime", start, "The term ends after the calendar."))?,
        retired: None,
        deleted: None,
        tags: Default::default(),
    };
    let (dry, writer, id) = (input.dry_run, Arc::clone(&ec2), reserved.id.clone());
    let bought = Bought::new(reserved, &**ec2.bills.types())?;
    let done = ec2.store.transact(move |tx| {
        check_quota(&writer, tx, &bought.reserved, &bought.offer)?;
        dry_run(dry)?;
        room::keep(&writer, tx, &bought).map_err(unavailable)?;
        Ok::<_, Error>(tx.put(&bought.reserved)?)
    });
    if let Err(error) = done.await {
        room::settle(&ec2, [&id])?;
        return Err(error);
    }
    Ok(PurchaseReservedInstancesOfferingResult { reserved_instances_id: Some(id) })
}

/// Of those that keep room there are only as many as there is room for.
fn unavailable(error: Error) -> Error {
    match error {
        Error::InsufficientInstanceCapacity { detail, .. } => Error::other(
            "ReservedInstancesUnavailable",
            format!("The requested Reserved Instances are not available: {detail}"),
        ),
        other => other,
    }
}

fn count(said: i32) -> Result<u32> {
    let count = u32::try_from(said).ok().filter(|count| *count > 0);
    count.ok_or_else(|| Error::invalid_value("InstanceCount", said, "It must be at least 1."))
}

/// When it begins.
fn start(offer: &ReservationOffer, asked: Option<Timestamp>, now: Timestamp) -> Result<Timestamp> {
    let Some(asked) = asked else { return Ok(now) };
    if asked <= now {
        return Err(Error::invalid_value("PurchaseTime", asked, "It must be a date in the future."));
    }
    if asked.duration_since(now) > QUEUED_WITHIN {
        return Err(Error::invalid_value("PurchaseTime", asked, "It must be within three years."));
    }
    if offer.zone.is_some() {
        return Err(Error::InvalidParameterCombination(
            "The purchase of a Reserved Instance for an Availability Zone cannot be queued; only those of regional ones can."
                .into(),
        ));
    }
    Ok(asked)
}

/// *The prices are not to be higher than this*: those of the region's own offers never are, unless the caller is mistaken.
fn check_limit(offered: &Offered, count: u32, limit: Option<ReservedInstanceLimitPrice>) -> Result<()> {
    let Some(limit) = limit else { return Ok(()) };
    if let Some(currency) = limit.currency_code.filter(|currency| currency != CURRENCY) {
        return Err(Error::InvalidParameterValue(format!("Invalid value '{currency}' for LimitPrice.CurrencyCode.")));
    }
    let said = limit.amount.ok_or(Error::MissingParameter("LimitPrice.Amount"))?;
    let amount = Decimal::from_f64(said).filter(|amount| !amount.is_sign_negative());
    let amount = amount.ok_or_else(|| Error::invalid_value("LimitPrice.Amount", said, "It must not be negative."))?;
    let total = offered.price.upfront * Decimal::from(count);
    if total > amount {
        return Err(Error::other(
            "ReservedInstancesUnavailable",
            format!(
                "The requested Reserved Instances are not available at the limit price of {amount} {CURRENCY}; they cost \
                 {total} {CURRENCY}."
            ),
        ));
    }
    Ok(())
}

fn check_quota(ec2: &Ec2, tx: &mut dyn Tx, wanted: &Reserved, offer: &ReservationOffer) -> Result<()> {
    let month = Month::of(wanted.start);
    let mut count = wanted.count;
    for reserved in lookup::all::<Reserved>(tx, &wanted.account)? {
        let is_purchase = reserved.purchased.is_some() && reserved.deleted.is_none();
        if is_purchase && Month::of(reserved.start) == month {
            let zone = ReservationOffer::parse(&reserved.offering, &**ec2.bills.types()).and_then(|other| other.zone);
            count = count.saturating_add(if zone == offer.zone { reserved.count } else { 0 });
        }
    }
    if count > MOST_A_MONTH {
        let what = if offer.zone.is_some() { "in each Availability Zone" } else { "for the Region" };
        return Err(Error::other(
            "ReservedInstancesLimitExceeded",
            format!(
                "Your current quota does not allow you to purchase the required number of Reserved Instances: it is \
                 {MOST_A_MONTH} a month {what}."
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reserved::tests::bought;

    #[test]
    fn only_regional_ones_are_queued_and_only_for_a_while() {
        let now: Timestamp = "2026-11-30T10:00:00Z".parse().unwrap();
        let regional = bought("m5.large", 1).offer;
        let zonal = ReservationOffer { zone: Some('a'), ..regional.clone() };
        let later = now + SignedDuration::from_hours(24);
        assert_eq!(start(&regional, None, now), Ok(now));
        assert_eq!(start(&zonal, None, now), Ok(now));
        assert_eq!(start(&regional, Some(later), now), Ok(later));
        assert!(start(&zonal, Some(later), now).is_err());
        assert!(start(&regional, Some(now), now).is_err());
        assert!(start(&regional, Some(now + QUEUED_WITHIN + SignedDuration::from_secs(1)), now).is_err());
    }

    #[test]
    fn a_limit_is_for_the_whole_purchase() {
        let offer = bought("m5.large", 1).offer;
        let price = freehold_billing::offers::ReservationPrice { upfront: Decimal::from(250), hourly: Decimal::ZERO };
        let offered = Offered { offer, price, zone: None };
        let limit = |amount| Some(ReservedInstanceLimitPrice { amount: Some(amount), currency_code: None });
        assert!(check_limit(&offered, 2, None).is_ok());
        assert!(check_limit(&offered, 2, limit(500.0)).is_ok());
        assert!(check_limit(&offered, 2, limit(499.99)).is_err());
        assert!(check_limit(&offered, 1, limit(-1.0)).is_err());
        let euros = ReservedInstanceLimitPrice { amount: Some(1e6), currency_code: Some("EUR".into()) };
        assert!(check_limit(&offered, 1, Some(euros)).is_err());
    }
}
