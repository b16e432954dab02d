//! Attributes of balancers, listeners and target groups: which there are, what they may be and what they are if nobody
//! sets them (*API reference, LoadBalancerAttribute, ListenerAttribute, TargetGroupAttribute*).
//!
//! One that the data plane does not know may be set to what is so anyway, and to nothing else.

mod balancer;
mod group;
mod listener;

use std::collections::BTreeMap;

use super::{Listener, LoadBalancer, TargetGroup};

pub use balancer::node_attributes;
pub(crate) use balancer::{is_bucket, is_prefix};
pub use group::{algorithm, cross_zone, deregistration_delay, flag, slow_start, stickiness};
pub use listener::tcp_idle_timeout;

/// What an attribute may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Values {
    /// `true` or `false`
    Truth,
    /// A whole number between two.
    Whole(u32, u32),
    OneOf(&'static [&'static str]),
    /// Any text of at most that many characters.
    Text(usize),
    /// The default and nothing else, as Freehold has nothing that anything else would change.
    Fixed,
}

/// One attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    pub key: &'static str,
    pub default: &'static str,
    pub values: Values,
}

/// What is wrong with an attribute that is to be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("attribute key '{0}' is not recognized")]
    Unknown(String),
    #[error("attribute value '{value}' is not valid for '{key}': {why}")]
    Value { key: String, value: String, why: String },
    #[error("attribute '{key}' can only be '{only}' in this region: it has nothing that '{value}' would change")]
    Unsupported { key: String, value: String, only: String },
}

const fn truth(key: &'static str, default: &'static str) -> Attribute {
    Attribute { key, default, values: Values::Truth }
}

const fn whole(key: &'static str, default: &'static str, least: u32, most: u32) -> Attribute {
    Attribute { key, default, values: Values::Whole(least, most) }
}

const fn one_of(key: &'static str, default: &'static str, values: &'static [&'static str]) -> Attribute {
    Attribute { key, default, values: Values::OneOf(values) }
}

const fn text(key: &'static str, most: usize) -> Attribute {
    Attribute { key, default: "", values: Values::Text(most) }
}

const fn fixed(key: &'static str, default: &'static str) -> Attribute {
    Attribute { key, default, values: Values::Fixed }
}

impl Attribute {
    fn check(&self, value: &str) -> Result<(), Invalid> {
        let why = match self.values {
            Values::Truth if matches!(value, "true" | "false") => return Ok(()),
            Values::Truth => "it must be true or false".to_owned(),
            Values::Whole(least, most) => match value.parse::<u32>() {
                Ok(number) if (least..=most).contains(&number) => return Ok(()),
                _ => format!("it must be a whole number from {least} to {most}"),
            },
            Values::OneOf(known) if known.contains(&value) => return Ok(()),
            Values::OneOf(known) => format!("it must be one of {}", known.join(", ")),
            Values::Text(most) if value.chars().count() <= most => return Ok(()),
            Values::Text(most) => format!("it may have {most} characters"),
            Values::Fixed if value == self.default => return Ok(()),
            Values::Fixed => {
                let (key, value, only) = (self.key.to_owned(), value.to_owned(), self.default.to_owned());
                return Err(Invalid::Unsupported { key, value, only });
            }
        };
        Err(Invalid::Value { key: self.key.to_owned(), value: value.to_owned(), why })
    }
}

/// Attributes that something has, and what was set of them.
pub struct Attributes<'a> {
    known: Vec<Attribute>,
    set: &'a BTreeMap<String, String>,
}

impl Attributes<'_> {
    /// Each attribute with its value, in the order of the keys.
    pub fn all(&self) -> Vec<(&'static str, String)> {
        let mut all: Vec<_> = self.known.iter().map(|known| (known.key, self.value(known).to_owned())).collect();
        all.sort_unstable();
        all
    }

    fn value<'b>(&'b self, attribute: &'b Attribute) -> &'b str {
        self.set.get(attribute.key).map_or(attribute.default, String::as_str)
    }

    /// What the attribute is; empty if there is none of the key.
    pub fn get(&self, key: &str) -> &str {
        self.known.iter().find(|known| known.key == key).map_or("", |known| self.value(known))
    }

    pub fn is(&self, key: &str) -> bool {
        self.get(key) == "true"
    }

    /// A number; only what was checked is stored, so that there always is one where the key exists.
    pub fn number(&self, key: &str) -> u32 {
        self.get(key).parse().unwrap_or_default()
    }

    /// Whether it could be set so.
    ///
    /// # Errors
    /// There is no attribute of the key here, or the value is none of its.
    pub fn check(&self, key: &str, value: &str) -> Result<(), Invalid> {
        let known = self.known.iter().find(|known| known.key == key);
        known.ok_or_else(|| Invalid::Unknown(key.to_owned()))?.check(value)
    }
}

/// Those of a balancer.
pub fn of_balancer(balancer: &LoadBalancer) -> Attributes<'_> {
    Attributes { known: balancer::known(balancer.kind), set: &balancer.attributes }
}

/// Those of a listener.
pub fn of_listener(listener: &Listener) -> Attributes<'_> {
    Attributes { known: listener::known(listener.protocol), set: &listener.attributes }
}

/// Those of a target group.
pub fn of_group(group: &TargetGroup) -> Attributes<'_> {
    Attributes { known: group::known(group), set: &group.attributes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked_by_what_they_are() {
        let seconds = whole("idle_timeout.timeout_seconds", "60", 1, 4000);
        assert_eq!(seconds.check("4000"), Ok(()));
        for bad in ["0", "4001", "-1", "1.5", "", "x"] {
            assert!(matches!(seconds.check(bad), Err(Invalid::Value { .. })), "{bad}");
        }
        assert_eq!(truth("a", "true").check("false"), Ok(()));
        assert!(truth("a", "true").check("True").is_err());
        assert!(one_of("a", "b", &["b", "c"]).check("d").is_err());
        assert!(text("a", 2).check("äö").is_ok());
        assert!(text("a", 2).check("äöü").is_err());
        assert_eq!(fixed("a", "off").check("off"), Ok(()));
        assert!(matches!(fixed("a", "off").check("on"), Err(Invalid::Unsupported { .. })));
    }
}
