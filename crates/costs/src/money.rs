//! Amounts as AWS writes them.

use rust_decimal::Decimal;

/// Digits after the point of what bills show.
const DIGITS: u32 = 10;

/// Without zeros at the end: `0.0416`.
pub fn plain(amount: Decimal) -> String {
    amount.normalize().to_string()
}

/// Of a bill, rounded to its digits.
pub fn billed(amount: Decimal) -> String {
    plain(amount.round_dp(DIGITS))
}

/// Of a price list, always with all of its digits: `0.0416000000`.
pub fn listed(amount: Decimal) -> String {
    format!("{:.10}", amount)
}

/// So many percent is the part of the whole; zero of nothing.
pub fn percent(part: Decimal, whole: Decimal) -> Decimal {
    if whole.is_zero() { Decimal::ZERO } else { part * Decimal::ONE_HUNDRED / whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_without_a_loss_that_anybody_would_see() {
        let amount = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(plain(amount("0.04160")), "0.0416");
        assert_eq!(plain(amount("10.00")), "10");
        assert_eq!(billed(amount("0.33333333333333")), "0.3333333333");
        assert_eq!(billed(amount("0.000")), "0");
        assert_eq!(listed(amount("0.0416")), "0.0416000000");
        assert_eq!(percent(amount("1"), amount("8")), amount("12.5"));
        assert_eq!(percent(amount("1"), Decimal::ZERO), Decimal::ZERO);
    }
}
