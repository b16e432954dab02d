//! What a Spot instance costs: a fixed share of its type's On-Demand price, in every zone and at every time. AWS's own
//! prices move between a tenth of the On-Demand price and all of it, with a demand that is not here.

use std::fmt;

use jiff::Timestamp;

use crate::catalogue::InstanceType;

/// Of the On-Demand price, in percent.
pub const SHARE_PERCENT: u64 = 30;

/// Digits after the point that are kept.
const DIGITS: usize = 9;
/// AWS publishes Spot prices in ten-thousandths of a dollar.
const TEN_THOUSANDTH: u64 = 100_000;

/// Of the price list that the catalogue is from: 2026-07-01T00:00:00Z.
const IN_FORCE_SINCE: i64 = 1_782_864_000;

/// When prices changed last.
pub fn in_force_since() -> Timestamp {
    Timestamp::from_second(IN_FORCE_SINCE).unwrap_or_default()
}

/// Dollars an hour, exact to a thousand-millionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price(u64);

impl Price {
    /// *API reference, SpotMarketOptions: MaxPrice*: less is refused.
    pub const LEAST: Self = Self(1_000_000);

    /// Reads a decimal number of dollars, `0.0416`.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        // More digits than there are have no effect on any comparison with a published price.
        let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(DIGITS).collect();
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        whole.checked_mul(1_000_000_000)?.checked_add(fraction.parse().ok()?).map(Self)
    }

    /// The Spot price of instances of this type; `None` where AWS publishes no On-Demand price to take a share of.
    pub fn in_force(kind: &InstanceType) -> Option<Self> {
        let on_demand = Self::on_demand(kind)?;
        let share = on_demand.0.checked_mul(SHARE_PERCENT)?.div_ceil(100);
        Some(Self(share.div_ceil(TEN_THOUSANDTH) * TEN_THOUSANDTH))
    }

    pub fn on_demand(kind: &InstanceType) -> Option<Self> {
        Self::parse(kind.on_demand_usd_per_hour?)
    }
}

impl fmt::Display for Price {
    /// With six digits, as AWS writes Spot prices.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millionths = self.0 / 1000;
        write!(f, "{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn prices_are_read_and_written_exactly() {
        for (text, written) in [("0.0052", "0.005200"), ("1", "1.000000"), (".5", "0.500000"), ("12.", "12.000000")] {
            assert_eq!(Price::parse(text).map(|price| price.to_string()).as_deref(), Some(written), "{text}");
        }
        for wrong in ["", ".", "-1", "1e3", "0.1.2", "1,5", "99999999999999999999"] {
            assert_eq!(Price::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn prices_are_those_of_july_2026() {
        assert_eq!(in_force_since().to_string(), "2026-07-01T00:00:00Z");
    }

    #[test]
    fn every_price_in_force_is_below_on_demand() {
        let nano = catalogue::find("t3.nano").unwrap();
        assert_eq!(Price::in_force(&nano).map(|price| price.to_string()).as_deref(), Some("0.001600"));
        for kind in catalogue::all() {
            let (spot, on_demand) = (Price::in_force(&kind), Price::on_demand(&kind));
            assert_eq!(spot.is_some(), on_demand.is_some(), "{}", kind.name);
            assert!(spot <= on_demand, "{}", kind.name);
        }
    }
}
