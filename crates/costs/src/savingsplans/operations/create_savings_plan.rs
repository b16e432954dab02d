//! CreateSavingsPlan.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::savingsplans::{CreateSavingsPlanRequest, CreateSavingsPlanResponse};
use freehold_billing::model::Plan;
use freehold_billing::offers::{Payment, PlanOffer};
use freehold_core::ids;
use freehold_store::idempotency::{self, Refused, Request};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::super::errors::{Error, Result};
use super::lookup;
use crate::Costs;
use crate::money;

/// *CreateSavingsPlan: commitment: between 0.001 and 1 million, not more than five digits after the decimal point*
const LEAST: Decimal = Decimal::from_parts(1, 0, 0, false, 3);
const MOST: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);
const DIGITS: u32 = 5;
/// *CreateSavingsPlan: upfrontPaymentAmount: between 50 and 99 percent of the total value*
const UPFRONT_PERCENT: [Decimal; 2] =
    [Decimal::from_parts(50, 0, 0, false, 0), Decimal::from_parts(99, 0, 0, false, 0)];
/// *Savings Plans user guide, Queuing Savings Plans*: up to three years ahead.
const QUEUED_WITHIN: SignedDuration = SignedDuration::from_hours(3 * 365 * 24);

pub(in super::super) async fn create_savings_plan(
    costs: Arc<Costs>,
    call: Call,
    input: CreateSavingsPlanRequest,
) -> std::result::Result<CreateSavingsPlanResponse, freehold_wire::Error> {
    let now = costs.now();
    let (token, fingerprint) = (input.client_token.clone(), format!("{input:?}"));
    let plan = wanted(&costs, &call, input, now)?;
    let account = call.account().to_owned();
    let bought = costs.store.transact::<_, Error, _>(move |tx| {
        let operation = "savingsplans.CreateSavingsPlan";
        let request =
            token.as_deref().map(|token| Request { account: &account, operation, token, fingerprint: &fingerprint });
        if let Some(known) = recall(tx, request.as_ref())? {
            return Ok(known);
        }
        tx.put(&plan)?;
        if let Some(request) = &request {
            idempotency::remember(tx, request, &plan.id, now)?;
        }
        Ok(plan.id.clone())
    });
    Ok(CreateSavingsPlanResponse { savings_plan_id: Some(bought.await?) })
}

/// The plan that this token bought before.
pub(super) fn recall(tx: &mut dyn Tx, request: Option<&Request<'_>>) -> Result<Option<String>> {
    let Some(request) = request else { return Ok(None) };
    idempotency::recall(tx, request).map_err(|refused| match refused {
        Refused::Mismatch => {
            Error::invalid(format!("The client token {} was used before with other parameters.", request.token))
        }
        Refused::Store(error) => error.into(),
    })
}

fn wanted(costs: &Costs, call: &Call, input: CreateSavingsPlanRequest, now: Timestamp) -> Result<Plan> {
    let offering = input.savings_plan_offering_id.unwrap_or_default();
    let Some(offer) = costs.ledger.sheet().offers().plan(&offering) else {
        return Err(Error::NotFound(format!("The Savings Plans offering {offering} does not exist.")));
    };
    let commitment = commitment(&input.commitment.unwrap_or_default())?;
    let upfront = upfront(&offer, commitment, input.upfront_payment_amount.as_deref())?;
    let start = start(input.purchase_time, now)?;
    let end = start.checked_add(SignedDuration::from_secs(offer.term.seconds()));
    Ok(Plan {
        id: ids::uuid(),
        account: call.account().to_owned(),
        offering,
        commitment,
        upfront,
        purchased: now,
        start,
        end: end.map_err(|_| Error::invalid("The Savings Plan would not end within the calendar."))?,
        returned: None,
        deleted: None,
        tags: lookup::merged(&BTreeMap::new(), input.tags)?,
    })
}

fn commitment(text: &str) -> Result<Decimal> {
    let amount = amount("commitment", text)?.normalize();
    if !(LEAST..=MOST).contains(&amount) {
        return Err(Error::invalid(format!("The commitment must be between {LEAST} and {MOST}.")));
    }
    if amount.scale() > DIGITS {
        return Err(Error::invalid(format!("The commitment can have up to {DIGITS} digits after the decimal point.")));
    }
    Ok(amount)
}

fn amount(name: &str, text: &str) -> Result<Decimal> {
    // Decimals of other notations would be read as well.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let parsed = text.parse().ok().filter(|_| is_plain);
    parsed.ok_or_else(|| Error::invalid(format!("The {name} '{text}' is not a valid amount.")))
}

/// USD that are paid at once.
fn upfront(offer: &PlanOffer, commitment: Decimal, asked: Option<&str>) -> Result<Decimal> {
    let whole = commitment * Decimal::from(offer.term.hours());
    let Some(asked) = asked else { return Ok((whole * offer.payment.upfront_share()).normalize()) };
    if offer.payment != Payment::PartialUpfront {
        let payment = offer.payment.name();
        let why =
            format!("upfrontPaymentAmount is only supported with Partial Upfront, and the offering is {payment}.");
        return Err(Error::invalid(why));
    }
    let amount = amount("upfront payment amount", asked)?;
    let [least, most] = UPFRONT_PERCENT;
    if !amount.fract().is_zero() || !(least..=most).contains(&money::percent(amount, whole)) {
        let why = format!(
            "The upfront payment amount must be a whole number between {least} and {most} percent of the total value, \
             which is {}.",
            money::plain(whole)
        );
        return Err(Error::invalid(why));
    }
    Ok(amount.normalize())
}

/// When the plan begins: at once, or later if it is queued.
fn start(asked: Option<Timestamp>, now: Timestamp) -> Result<Timestamp> {
    let Some(asked) = asked else { return Ok(now) };
    if asked < now {
        return Err(Error::invalid("The purchase time must be in the future."));
    }
    if asked.duration_since(now) > QUEUED_WITHIN {
        return Err(Error::invalid("The purchase time must be within three years."));
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use freehold_billing::offers::{PlanFamily, Term};

    use super::*;

    fn usd(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_commitment_is_at_least_a_tenth_of_a_cent() {
        assert_eq!(commitment("0.001").unwrap(), usd("0.001"));
        assert_eq!(commitment("1000000").unwrap(), usd("1000000"));
        assert_eq!(commitment("0.12345").unwrap(), usd("0.12345"));
        assert_eq!(commitment("1.000000").unwrap(), usd("1"));
        for wrong in ["", "0", "0.0009", "1000000.1", "0.123456", "-1", "1e3", "a", "1_0", "+1"] {
            assert!(commitment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_part_is_chosen_by_who_pays_it() {
        let offer = |payment| PlanOffer { family: PlanFamily::Compute, term: Term::OneYear, payment };
        let upfront = |payment, asked| upfront(&offer(payment), usd("1"), asked);
        assert_eq!(upfront(Payment::NoUpfront, None).unwrap(), Decimal::ZERO);
        assert_eq!(upfront(Payment::PartialUpfront, None).unwrap(), usd("4380"));
        assert_eq!(upfront(Payment::AllUpfront, None).unwrap(), usd("8760"));
        assert_eq!(upfront(Payment::PartialUpfront, Some("5000")).unwrap(), usd("5000"));
        for (payment, asked) in [
            (Payment::PartialUpfront, "4379"),
            (Payment::PartialUpfront, "8700"),
            (Payment::PartialUpfront, "5000.5"),
            (Payment::NoUpfront, "5000"),
            (Payment::AllUpfront, "8760"),
        ] {
            assert!(upfront(payment, Some(asked)).is_err(), "{payment:?} {asked}");
        }
    }

    #[test]
    fn a_purchase_is_queued_for_the_future_alone() {
        let now: Timestamp = "2026-11-30T10:00:00Z".parse().unwrap();
        let at = |text: &str| start(Some(text.parse().unwrap()), now);
        assert_eq!(start(None, now).unwrap(), now);
        assert!(at("2026-12-01T00:00:00Z").is_ok());
        assert!(at("2026-11-30T09:59:59Z").is_err());
        assert!(at("2030-01-01T00:00:00Z").is_err());
    }
}
