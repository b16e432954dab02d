//! `GetReservedInstancesExchangeQuote`: what an exchange would give and cost, or why it cannot be.

use std::sync::Arc;

use freehold_api::ec2::{
    GetReservedInstancesExchangeQuoteRequest, GetReservedInstancesExchangeQuoteResult, ReservationValue,
    ReservedInstanceReservationValue, TargetConfiguration, TargetReservationValue,
};
use freehold_wire::Call;

use super::exchange::{self, Exchange};
use super::view::CURRENCY;
use crate::Ec2;
use crate::errors::Result;
use crate::operations::dry_run;
use crate::reserved::exchange::{DIGITS, Deal, Value, end_of};

pub async fn get_reserved_instances_exchange_quote(
    ec2: Arc<Ec2>,
    call: Call,
    input: GetReservedInstancesExchangeQuoteRequest,
) -> Result<GetReservedInstancesExchangeQuoteResult> {
    let now = ec2.now();
    let ids = input.reserved_instance_ids.as_deref();
    let sources = exchange::sources(&ec2, &mut ec2.committed(), call.account(), ids)?;
    let target = exchange::target(&ec2, input.target_configurations.as_deref())?;
    dry_run(input.dry_run)?;

    let values: Vec<Value> = sources.iter().map(|source| Value::left(source, now)).collect();
    let of_source = |(source, value): (&crate::reserved::Bought, &Value)| ReservedInstanceReservationValue {
        reservation_value: Some(shown(value)),
        reserved_instance_id: Some(source.reserved.id.clone()),
    };
    let quote = GetReservedInstancesExchangeQuoteResult {
        currency_code: Some(CURRENCY.into()),
        is_valid_exchange: Some(false),
        output_reserved_instances_will_expire_at: end_of(&sources),
        reserved_instance_value_rollup: Some(shown(&Value::sum(&values))),
        reserved_instance_value_set: Some(sources.iter().zip(&values).map(of_source).collect()),
        ..Default::default()
    };
    let Some((offering, target)) = target else {
        let why = "No target configuration is specified.".to_owned();
        return Ok(GetReservedInstancesExchangeQuoteResult { validation_failure_reason: Some(why), ..quote });
    };
    let exchange = Exchange { sources, offering, target };
    Ok(match exchange.deal(now) {
        Ok(deal) => with_deal(quote, exchange.offering, &deal),
        Err(why) => {
            GetReservedInstancesExchangeQuoteResult { validation_failure_reason: Some(why.to_string()), ..quote }
        }
    })
}

fn with_deal(
    quote: GetReservedInstancesExchangeQuoteResult,
    offering: String,
    deal: &Deal,
) -> GetReservedInstancesExchangeQuoteResult {
    let target = TargetReservationValue {
        reservation_value: Some(shown(&deal.value)),
        target_configuration: Some(TargetConfiguration {
            instance_count: i32::try_from(deal.count).ok(),
            offering_id: Some(offering),
        }),
    };
    GetReservedInstancesExchangeQuoteResult {
        is_valid_exchange: Some(true),
        payment_due: Some(amount(deal.due)),
        target_configuration_value_rollup: Some(shown(&deal.value)),
        target_configuration_value_set: Some(vec![target]),
        ..quote
    }
}

fn shown(value: &Value) -> ReservationValue {
    ReservationValue {
        hourly_price: Some(amount(value.hourly)),
        remaining_total_value: Some(amount(value.total)),
        remaining_upfront_value: Some(amount(value.upfront)),
    }
}

/// `730.556200`
fn amount(usd: rust_decimal::Decimal) -> String {
    let mut rounded = usd.round_dp(DIGITS);
    rounded.rescale(DIGITS);
    rounded.to_string()
}
