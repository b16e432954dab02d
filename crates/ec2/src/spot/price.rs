//! What a Spot instance costs: a share of its type's On-Demand price, the same in every zone, for all zones are on one host.
//! How the share moves is told in [`super::market`].

use std::fmt;

use jiff::Timestamp;

use crate::catalogue::InstanceType;

/// All of the On-Demand price: shares are in ten-thousandths.
pub const WHOLE: u32 = 10_000;

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

    /// The Spot price of instances of this type at a share of so many ten-thousandths; `None` where AWS publishes no On-Demand
    /// price to take a share of. Never more than that.
    pub fn at_share(kind: &InstanceType, share: u32) -> Option<Self> {
        let on_demand = Self::on_demand(kind)?;
        let part = on_demand.0.checked_mul(share.into())?.div_ceil(WHOLE.into());
        let published = part.div_ceil(TEN_THOUSANDTH) * TEN_THOUSANDTH;
        Some(Self(published.min(on_demand.0)))
    }

    /// Thousand-millionths of a dollar an hour.
    pub fn billionths(self) -> u64 {
        self.0
    }

    /// So many parts of it, of so many.
    pub fn times(self, parts: u64, of: u64) -> Self {
        let price = u128::from(self.0) * u128::from(parts) / u128::from(of.max(1));
        Self(u64::try_from(price).unwrap_or(u64::MAX))
    }

    /// What is left of it.
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
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
    fn no_price_is_above_on_demand() {
        let nano = catalogue::find("t3.nano").unwrap();
        assert_eq!(Price::at_share(&nano, 3000).map(|price| price.to_string()).as_deref(), Some("0.001600"));
        for kind in catalogue::all() {
            let on_demand = Price::on_demand(&kind);
            let prices = [1, 1000, 9999, WHOLE].map(|share| Price::at_share(&kind, share));
            assert!(prices.is_sorted() && prices[3] == on_demand, "{}", kind.name);
            assert!(prices[0].is_some() == on_demand.is_some(), "{}", kind.name);
        }
    }
}
