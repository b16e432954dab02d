//! Amounts of money.

use rust_decimal::Decimal;

/// With cents and groups of thousands: `1,234.56`.
pub fn money(amount: Decimal) -> String {
    grouped(&format!("{amount:.2}"))
}

/// A number in digits with a comma between the thousands of its whole part.
pub fn grouped(number: &str) -> String {
    let (whole, rest) = number.find('.').map_or((number, ""), |point| number.split_at(point));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let first = digits.len() % 3;
    let mut groups: Vec<&str> = Vec::new();
    if first > 0 {
        groups.push(&digits[..first]);
    }
    groups.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    format!("{sign}{}{rest}", groups.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_cents_and_groups() {
        for (amount, text) in [("0", "0.00"), ("1234567.891", "1,234,567.89"), ("-12.3", "-12.30"), ("999", "999.00")] {
            assert_eq!(money(amount.parse().unwrap()), text);
        }
    }

    #[test]
    fn a_whole_number_needs_no_point() {
        assert_eq!(grouped("1000"), "1,000");
    }
}
