//! Condition operators (*IAM user guide, IAM JSON policy elements: Condition operators*).

use std::cmp::Ordering;
use std::net::IpAddr;
use std::str::FromStr;

use super::Context;
use super::pattern::Pattern;
use super::values::{boolean, date, network, number};

/// `ForAnyValue:StringLikeIfExists`, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    quantifier: Quantifier,
    comparison: Comparison,
    /// The negated twin of a comparison: true where no value fits.
    negated: bool,
    if_exists: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantifier {
    None,
    ForAnyValue,
    ForAllValues,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equals,
    EqualsIgnoreCase,
    Like,
    Arn,
    Number(Order),
    Date(Order),
    Bool,
    Binary,
    Address,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn fits(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl FromStr for Operator {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (quantifier, text) = match text.split_once(':') {
            None => (Quantifier::None, text),
            Some(("ForAnyValue", rest)) => (Quantifier::ForAnyValue, rest),
            Some(("ForAllValues", rest)) => (Quantifier::ForAllValues, rest),
            Some(_) => return Err(()),
        };
        let (name, if_exists) = text.strip_suffix("IfExists").map_or((text, false), |name| (name, true));
        let (comparison, negated) = comparison(name).ok_or(())?;
        // Null asks about existence itself.
        if comparison == Comparison::Null && if_exists {
            return Err(());
        }
        Ok(Self { quantifier, comparison, negated, if_exists })
    }
}

fn comparison(name: &str) -> Option<(Comparison, bool)> {
    use Comparison::{Address, Arn, Binary, Bool, Date, Equals, EqualsIgnoreCase, Like, Null, Number};
    let order = |name: &str| {
        Some(match name {
            "Equals" => (Order::Equal, false),
            "NotEquals" => (Order::Equal, true),
            "LessThan" => (Order::Less, false),
            "LessThanEquals" => (Order::LessOrEqual, false),
            "GreaterThan" => (Order::Greater, false),
            "GreaterThanEquals" => (Order::GreaterOrEqual, false),
            _ => return None,
        })
    };
    if let Some(rest) = name.strip_prefix("Numeric") {
        return order(rest).map(|(order, negated)| (Number(order), negated));
    }
    if let Some(rest) = name.strip_prefix("Date") {
        return order(rest).map(|(order, negated)| (Date(order), negated));
    }
    Some(match name {
        "StringEquals" => (Equals, false),
        "StringNotEquals" => (Equals, true),
        "StringEqualsIgnoreCase" => (EqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (EqualsIgnoreCase, true),
        "StringLike" => (Like, false),
        "StringNotLike" => (Like, true),
        "ArnEquals" | "ArnLike" => (Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Arn, true),
        "Bool" => (Bool, false),
        "BinaryEquals" => (Binary, false),
        "IpAddress" => (Address, false),
        "NotIpAddress" => (Address, true),
        "Null" => (Null, false),
        _ => return None,
    })
}

impl Operator {
    /// Whether the condition `key` with the policy's `wanted` values holds in the request.
    pub(super) fn holds(self, key: &str, wanted: &[String], context: &Context) -> bool {
        let found = context.get(key);
        if self.comparison == Comparison::Null {
            return wanted.iter().any(|wanted| boolean(wanted) == Some(found.is_none()));
        }
        let Some(found) = found else {
            return match self.quantifier {
                Quantifier::ForAllValues => true,
                Quantifier::ForAnyValue => self.if_exists,
                Quantifier::None => self.negated || self.if_exists,
            };
        };
        let fits =
            |value: &String| self.negated != wanted.iter().any(|wanted| self.comparison.fits(wanted, value, context));
        match self.quantifier {
            Quantifier::ForAllValues => found.iter().all(fits),
            Quantifier::ForAnyValue => found.iter().any(fits),
            // More than one value without a quantifier: the cautious reading of each.
            Quantifier::None if self.negated => found.iter().all(fits),
            Quantifier::None => found.iter().any(fits),
        }
    }
}

impl Comparison {
    fn fits(self, wanted: &str, found: &str, context: &Context) -> bool {
        let pattern = || Pattern::filled(wanted, context);
        match self {
            Self::Equals => pattern().is_some_and(|pattern| pattern.equals(found)),
            Self::EqualsIgnoreCase => pattern().is_some_and(|pattern| pattern.equals_ignoring_case(found)),
            Self::Like => pattern().is_some_and(|pattern| pattern.matches(found)),
            Self::Arn => pattern().is_some_and(|pattern| pattern.matches_arn(found)),
            Self::Number(order) => number(found)
                .zip(number(wanted))
                .and_then(|(found, wanted)| found.partial_cmp(&wanted))
                .is_some_and(|ordering| order.fits(ordering)),
            Self::Date(order) => {
                date(found).zip(date(wanted)).is_some_and(|(found, wanted)| order.fits(found.cmp(&wanted)))
            }
            Self::Bool => boolean(found).zip(boolean(wanted)).is_some_and(|(found, wanted)| found == wanted),
            Self::Binary => wanted == found,
            Self::Address => found
                .parse::<IpAddr>()
                .ok()
                .zip(network(wanted))
                .is_some_and(|(address, network)| network.contains(&address)),
            Self::Null => false,
        }
    }
}
