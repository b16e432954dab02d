//! Numbers as people read them.

use freehold_billing::report;
use rust_decimal::{Decimal, RoundingStrategy};

/// Digits after the point of what bills are made of.
const DIGITS: u32 = 10;

/// `$1,234.56`; what is less than a cent and yet something is said to be so.
pub fn money(amount: &Decimal) -> String {
    let cents = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    match (cents.is_zero(), amount.is_zero(), amount.is_sign_negative()) {
        (true, false, false) => "< $0.01".to_owned(),
        (true, ..) => "$0.00".to_owned(),
        (false, _, true) => format!("−${}", report::money(-cents)),
        _ => format!("${}", report::money(cents)),
    }
}

/// For programs that read the page.
pub fn exact(amount: &Decimal) -> String {
    amount.round_dp(DIGITS).normalize().to_string()
}

/// `12.3 %` of a whole; nothing of nothing.
pub fn share(part: &Decimal, whole: &Decimal) -> String {
    if whole.is_zero() { String::new() } else { format!("{:.1} %", part / whole * Decimal::ONE_HUNDRED) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_never_rounded_to_nothing() {
        let told =
            [("0", "$0.00"), ("0.004", "< $0.01"), ("0.005", "$0.01"), ("1234.5", "$1,234.50"), ("-2.345", "−$2.35")];
        for (amount, text) in told {
            assert_eq!(money(&amount.parse().unwrap()), text);
        }
        assert_eq!(money(&"-0.001".parse().unwrap()), "$0.00");
    }

    #[test]
    fn shares_have_one_digit() {
        assert_eq!(share(&Decimal::ONE, &Decimal::from(3)), "33.3 %");
        assert_eq!(share(&Decimal::ONE, &Decimal::ZERO), "");
    }
}
