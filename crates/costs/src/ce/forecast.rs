//! What comes after days that are over: their average, as far as it is known how much one day differs from the next.
//!
//! An account's machines run until they are ended, so that the best guess for a day is what days like it were. The interval
//! is that of a normal distribution with the deviation that the days had, wider by what is not known of their average.

use freehold_api::ce::{ForecastResult, MetricValue};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

use super::errors::{Error, Result};
use super::filter::{Filter, lets_pass};
use super::lines::Told;
use super::metrics::{Measured, Metric};
use super::period::{Granularity, Period};
use crate::Costs;
use crate::money::billed;

/// How many days are looked back at.
const DAYS_BACK: i64 = 30;
/// Percent of what comes that lies in the interval, where nothing else is asked for.
const LEVEL: i32 = 80;

/// Days that are over.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Days {
    amounts: Vec<Decimal>,
}

/// What is expected of a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Expected {
    pub mean: Decimal,
    pub lower: Decimal,
    pub upper: Decimal,
}

/// What is to be foreseen.
pub(super) struct Question {
    pub metric: Metric,
    pub granularity: Granularity,
    pub period: Period,
    pub filter: Option<Filter>,
    /// Percent.
    pub level: Option<i32>,
}

impl Days {
    fn mean(&self) -> Decimal {
        self.amounts.iter().sum::<Decimal>() / Decimal::from(self.amounts.len().max(1))
    }

    /// Of one day from the average of all, for those that are to come are one more of them.
    fn deviation(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.amounts.iter().filter_map(|amount| (*amount - mean).to_f64()).map(|it| it * it).sum();
        (squares / (self.amounts.len().max(2) - 1) as f64).sqrt()
    }

    /// Of so many days; nothing costs less than nothing.
    pub fn expect(&self, days: usize, level: i32) -> Expected {
        let (known, days) = (self.amounts.len().max(1) as f64, days as f64);
        let spread = quantile(0.5 + f64::from(level) / 200.0) * self.deviation() * (days + days * days / known).sqrt();
        let spread = Decimal::from_f64(spread).unwrap_or_default();
        let mean = self.mean() * Decimal::from_f64(days).unwrap_or_default();
        Expected { mean, lower: (mean - spread).max(Decimal::ZERO), upper: mean + spread }
    }
}

impl Costs {
    /// The whole, and each part of the period.
    pub(super) fn forecast(&self, account: &str, question: Question) -> Result<(MetricValue, Vec<ForecastResult>)> {
        let Question { metric, granularity, period, filter, level } = question;
        let (days, unit) = self.days_over(account, metric, filter.as_ref())?;
        let level = level.unwrap_or(LEVEL);
        let part = |part: Period| {
            let Expected { mean, lower, upper } = days.expect(part.days(), level);
            ForecastResult {
                time_period: Some(part.interval()),
                mean_value: Some(billed(mean)),
                prediction_interval_lower_bound: Some(billed(lower)),
                prediction_interval_upper_bound: Some(billed(upper)),
            }
        };
        let total = billed(days.expect(period.days(), level).mean);
        let parts = period.cut(granularity).into_iter().map(part).collect();
        Ok((MetricValue { amount: Some(total), unit: Some(unit.to_owned()) }, parts))
    }

    /// From the first day on which anything was charged to yesterday. What is paid once does not come again.
    fn days_over(&self, account: &str, metric: Metric, filter: Option<&Filter>) -> Result<(Days, &'static str)> {
        let period = Period::days_before(DAYS_BACK, self.now());
        let statement = self.statement(account, period, Some(Granularity::Daily))?;
        let mut whole = Measured::default();
        let mut amounts = Vec::new();
        for part in statement.parts.iter().skip_while(|part| part.lines.is_empty()) {
            let mut day = Measured::default();
            for line in part.lines.iter().filter(|line| !line.record.is_paid_once()) {
                let told = Told { statement: &statement, line };
                if lets_pass(filter, &told) {
                    day.add(&told);
                    whole.add(&told);
                }
            }
            amounts.push(day.amount(metric));
        }
        if amounts.is_empty() {
            let why = "Insufficient amount of historical data to generate forecast: it needs a day that is over.";
            return Err(Error::DataUnavailable(why.to_owned()));
        }
        Ok((Days { amounts }, whole.unit(metric)))
    }
}

/// Of the standard normal distribution, to nine digits (P. Acklam's rational approximation). `part` lies between a half and
/// one.
fn quantile(part: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    /// Where the tail begins.
    const TAIL: f64 = 0.975_75;
    let horner = |of: &[f64], at: f64| of.iter().fold(0.0, |sum, each| sum * at + each);
    if part > TAIL {
        let at = (-2.0 * (1.0 - part).ln()).sqrt();
        return -horner(&C, at) / (horner(&D, at) * at + 1.0);
    }
    let at = part - 0.5;
    let square = at * at;
    horner(&A, square) * at / (horner(&B, square) * square + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(amounts: &[i64]) -> Days {
        Days { amounts: amounts.iter().map(|amount| Decimal::from(*amount)).collect() }
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (part, value) in [(0.5, 0.0), (0.9, 1.281_551_6), (0.975, 1.959_964), (0.995, 2.575_829_3)] {
            assert!((quantile(part) - value).abs() < 1e-6, "{part}");
        }
    }

    #[test]
    fn days_that_are_all_the_same_go_on_so() {
        let expected = days(&[5, 5, 5]).expect(10, 80);
        let fifty = Decimal::from(50);
        assert_eq!(expected, Expected { mean: fifty, lower: fifty, upper: fifty });
        assert_eq!(days(&[5]).expect(1, 80).upper, Decimal::from(5));
    }

    #[test]
    fn the_interval_is_wider_the_more_is_to_lie_in_it_and_the_longer_it_is() {
        // A deviation of 1: by hand 1.281552 * sqrt(1 + 1/3) = 1.479808 for a day, and sqrt(4 + 16/3) = 3.055050 of it for four.
        let history = days(&[1, 2, 3]);
        let round = |amount: Decimal| amount.round_dp(5).to_string();
        let day = history.expect(1, 80);
        assert_eq!(
            (round(day.mean), round(day.upper), round(day.lower)),
            ("2".into(), "3.47981".into(), "0.52019".into())
        );
        let four = history.expect(4, 80);
        assert_eq!((round(four.mean), round(four.upper)), ("8".into(), "11.91520".into()));
        assert!(history.expect(1, 95).upper > day.upper);
        assert_eq!(history.expect(1, 99).lower, Decimal::ZERO);
    }
}
