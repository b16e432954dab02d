//! Conditions: what a policy asks of one value.

use std::net::IpAddr;
use std::ops::Bound;

use ipnet::IpNet;

use super::number::Number;
use super::scalar::Scalar;
use super::wildcard::Wildcard;

/// One element of a policy's list.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// `"rugby"`, `true`, `null`
    Is(Literal),
    Text(TextTest),
    /// `{"numeric": [">", 0, "<=", 150]}`
    Numeric(Bound<Number>, Bound<Number>),
    /// `{"cidr": "10.0.0.0/24"}`
    Cidr(IpNet),
    /// `{"anything-but": ...}`: a value that no test of these fits.
    AnythingBut(Box<[Exclusion]>),
    /// `{"exists": true}`
    Exists,
    /// `{"exists": false}`
    Absent,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(Box<str>),
    Number(Number),
    /// A number that [`Number`] has no room for, such as an account's: equal if it is the same number.
    Huge(f64),
    Boolean(bool),
    Null,
}

/// A test of a string.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TextTest {
    Prefix(Box<str>),
    PrefixIgnoringCase(Box<str>),
    Suffix(Box<str>),
    SuffixIgnoringCase(Box<str>),
    EqualsIgnoringCase(Box<str>),
    Wildcard(Wildcard),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Exclusion {
    Is(Literal),
    Text(TextTest),
}

impl Condition {
    /// Whether the condition holds for a value that is there.
    pub(super) fn holds(&self, value: Scalar<'_>) -> bool {
        match self {
            Self::Is(literal) => literal.is(value),
            Self::Text(test) => test.fits(value),
            Self::Numeric(bottom, top) => match value {
                Scalar::Number(value) => Number::new(value).is_some_and(|value| within(value, *bottom, *top)),
                _ => false,
            },
            Self::Cidr(net) => match value {
                Scalar::Text(text) => text.parse::<IpAddr>().is_ok_and(|address| net.contains(&address)),
                _ => false,
            },
            Self::AnythingBut(exclusions) => !exclusions.iter().any(|exclusion| exclusion.fits(value)),
            // Key matching: "The key must have a non-null and non-empty value".
            Self::Exists => !matches!(value, Scalar::Null | Scalar::Text("")),
            Self::Absent => false,
        }
    }
}

impl Literal {
    pub(super) fn number(value: f64) -> Self {
        Number::new(value).map_or(Self::Huge(value), Self::Number)
    }

    fn is(&self, value: Scalar<'_>) -> bool {
        match (self, value) {
            (Self::Text(wanted), Scalar::Text(text)) => **wanted == *text,
            (Self::Number(wanted), Scalar::Number(value)) => Number::new(value) == Some(*wanted),
            (Self::Huge(wanted), Scalar::Number(value)) => *wanted == value,
            (Self::Boolean(wanted), Scalar::Boolean(value)) => *wanted == value,
            (Self::Null, Scalar::Null) => true,
            _ => false,
        }
    }
}

impl TextTest {
    fn fits(&self, value: Scalar<'_>) -> bool {
        let Scalar::Text(text) = value else { return false };
        match self {
            Self::Prefix(prefix) => text.starts_with(&**prefix),
            Self::PrefixIgnoringCase(prefix) => starts_with(folded(text.chars()), folded(prefix.chars())),
            Self::Suffix(suffix) => text.ends_with(&**suffix),
            Self::SuffixIgnoringCase(suffix) => starts_with(folded(text.chars().rev()), folded(suffix.chars().rev())),
            Self::EqualsIgnoringCase(wanted) => folded(text.chars()).eq(folded(wanted.chars())),
            Self::Wildcard(pattern) => pattern.fits(text),
        }
    }
}

impl Exclusion {
    fn fits(&self, value: Scalar<'_>) -> bool {
        match self {
            Self::Is(literal) => literal.is(value),
            Self::Text(test) => test.fits(value),
        }
    }
}

fn within(value: Number, bottom: Bound<Number>, top: Bound<Number>) -> bool {
    std::ops::RangeBounds::contains(&(bottom, top), &value)
}

/// Characters without their case.
fn folded(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    // Upper case first, for letters that have two lower cases.
    text.flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

fn starts_with(mut text: impl Iterator<Item = char>, mut start: impl Iterator<Item = char>) -> bool {
    start.all(|wanted| text.next() == Some(wanted))
}
