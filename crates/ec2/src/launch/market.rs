//! How instances are bought: reads `InstanceMarketOptions`, and refuses a price that is too low.

use freehold_api::ec2::{InstanceMarketOptionsRequest, SpotMarketOptions};
use jiff::Timestamp;

use crate::catalogue::InstanceType;
use crate::errors::{Error, Result};
use crate::model::{InterruptionBehavior, MarketParameters, SpotKind, SpotParameters};
use crate::spot::price::Price;

/// Market options of RunInstances or a template.
pub fn market_parameters(said: InstanceMarketOptionsRequest) -> Result<MarketParameters> {
    match said.market_type.as_deref() {
        Some("spot") => Ok(MarketParameters::Spot(spot_options(said.spot_options.unwrap_or_default())?)),
        Some("on-demand") if said.spot_options.is_none() => Ok(MarketParameters::OnDemand),
        Some("on-demand") => Err(Error::InvalidParameterCombination(
            "The parameter SpotOptions cannot be used with the market type on-demand.".into(),
        )),
        Some(other @ ("capacity-block" | "interruptible-capacity-reservation")) => {
            Err(Error::no_effect(&format!("InstanceMarketOptions.MarketType={other}")))
        }
        Some(other) => Err(Error::invalid_value("MarketType", other, "Expected: spot, on-demand.")),
        None => Err(Error::MissingParameter("InstanceMarketOptions.MarketType")),
    }
}

/// *API reference, SpotMarketOptions*: RunInstances takes a persistent request only where an interruption stops, and a
/// date only where it is persistent.
fn spot_options(said: SpotMarketOptions) -> Result<SpotParameters> {
    refuse_block(said.block_duration_minutes)?;
    let read = SpotParameters {
        max_price: max_price("MaxPrice", said.max_price)?,
        kind: said.spot_instance_type.as_deref().map(|kind| spot_kind("SpotInstanceType", kind)).transpose()?,
        valid_until: said.valid_until,
        behavior: said.instance_interruption_behavior.as_deref().map(interruption_behavior).transpose()?,
    };
    let stops = read.behavior == Some(InterruptionBehavior::Stop);
    match read.kind.unwrap_or_default() {
        SpotKind::Persistent if !stops => Err(Error::InvalidParameterCombination(
            "The parameter SpotInstanceType persistent can only be used with InstanceInterruptionBehavior stop or \
             hibernate."
                .into(),
        )),
        SpotKind::OneTime if stops => Err(stop_needs_persistent()),
        SpotKind::OneTime if read.valid_until.is_some() => Err(Error::InvalidParameterCombination(
            "The parameter ValidUntil can only be used with SpotInstanceType persistent.".into(),
        )),
        _ => Ok(read),
    }
}

pub fn stop_needs_persistent() -> Error {
    Error::InvalidParameterCombination(
        "The parameter InstanceInterruptionBehavior stop can only be used with persistent Spot requests.".into(),
    )
}

/// Durations were sold until 2022; AWS sells none any more.
pub fn refuse_block(minutes: Option<i32>) -> Result<()> {
    match minutes {
        None => Ok(()),
        Some(_) => Err(Error::UnsupportedOperation(
            "The parameter BlockDurationMinutes is deprecated: Spot Instances with a defined duration are not available."
                .into(),
        )),
    }
}

pub fn max_price(parameter: &str, said: Option<String>) -> Result<Option<String>> {
    let Some(text) = said.filter(|text| !text.is_empty()) else { return Ok(None) };
    let price = Price::parse(&text).ok_or_else(|| Error::invalid_value(parameter, &text, "It is not a price."))?;
    if price < Price::LEAST {
        return Err(Error::invalid_value(parameter, &text, "It must not be less than 0.001."));
    }
    Ok(Some(text))
}

pub fn spot_kind(parameter: &str, said: &str) -> Result<SpotKind> {
    match said {
        "one-time" => Ok(SpotKind::OneTime),
        "persistent" => Ok(SpotKind::Persistent),
        other => Err(Error::invalid_value(parameter, other, "Expected: one-time, persistent.")),
    }
}

pub fn interruption_behavior(said: &str) -> Result<InterruptionBehavior> {
    match said {
        "terminate" => Ok(InterruptionBehavior::Terminate),
        "stop" => Ok(InterruptionBehavior::Stop),
        "hibernate" => Err(Error::other(
            "UnsupportedHibernationConfiguration",
            "Freehold does not hibernate instances: InstanceInterruptionBehavior may be terminate or stop.",
        )),
        other => {
            Err(Error::invalid_value("InstanceInterruptionBehavior", other, "Expected: hibernate, stop, terminate."))
        }
    }
}

/// Whether AWS sells this type as Spot, and what is wrong with the dates.
pub fn check_spot(kind: &InstanceType, valid_until: Option<Timestamp>, now: Timestamp) -> Result<()> {
    if !kind.usage_classes.contains(&"spot") {
        return Err(Error::Unsupported(format!(
            "The requested configuration is currently not supported: the instance type {} is not sold as a Spot Instance.",
            kind.name
        )));
    }
    match valid_until {
        Some(until) if until <= now => {
            Err(Error::invalid_value("ValidUntil", until, "It must be a date in the future."))
        }
        _ => Ok(()),
    }
}

/// What instances of this type cost, where the most that is to be paid is less.
pub fn price_above(price: Option<Price>, max_price: Option<&str>) -> Option<Price> {
    let most = Price::parse(max_price?)?;
    price.filter(|price| most < *price)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(options: SpotMarketOptions) -> Result<MarketParameters> {
        market_parameters(InstanceMarketOptionsRequest {
            market_type: Some("spot".into()),
            spot_options: Some(options),
        })
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let kind = |kind: &str, behavior: Option<&str>| SpotMarketOptions {
            spot_instance_type: Some(kind.into()),
            instance_interruption_behavior: behavior.map(str::to_owned),
            ..Default::default()
        };
        assert!(spot(SpotMarketOptions::default()).is_ok());
        assert!(spot(kind("persistent", Some("stop"))).is_ok());
        for wrong in [kind("persistent", None), kind("one-time", Some("stop"))] {
            assert_eq!(spot(wrong).map_err(|e| e.code()), Err("InvalidParameterCombination"));
        }
        let hibernates = spot(kind("persistent", Some("hibernate")));
        assert_eq!(hibernates.map_err(|e| e.code()), Err("UnsupportedHibernationConfiguration"));
        let block = SpotMarketOptions { block_duration_minutes: Some(60), ..Default::default() };
        assert_eq!(spot(block).map_err(|e| e.code()), Err("UnsupportedOperation"));
    }

    #[test]
    fn a_price_is_compared_with_the_one_in_force() {
        let price = Price::parse("0.0016");
        assert_eq!(price_above(price, None), None);
        assert_eq!(price_above(price, Some("0.0016")), None);
        assert_eq!(price_above(price, Some("0.0015")), price);
        assert!(max_price("MaxPrice", Some("0.0009".into())).is_err());
    }
}
