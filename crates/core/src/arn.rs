//! Amazon Resource Names: `arn:partition:service:region:account:resource`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A parsed ARN. `resource` is everything after the fifth colon and may hold colons itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    pub partition: String,
    pub service: String,
    pub region: String,
    pub account: String,
    pub resource: String,
}

/// The text is not an ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an ARN: {0}")]
pub struct InvalidArn(pub String);

impl Arn {
    /// An ARN in the `aws` partition.
    pub fn new(service: &str, region: &str, account: &str, resource: impl Into<String>) -> Self {
        Self {
            partition: "aws".into(),
            service: service.into(),
            region: region.into(),
            account: account.into(),
            resource: resource.into(),
        }
    }

    /// The account's root identity: `arn:aws:iam::ACCOUNT:root`.
    pub fn root(account: &str) -> Self {
        Self::new("iam", "", account, "root")
    }
}

/// Whether the text is an account's number: twelve digits.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

impl FromStr for Arn {
    type Err = InvalidArn;

    fn from_str(text: &str) -> Result<Self, InvalidArn> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().map(str::to_owned).ok_or_else(|| InvalidArn(text.to_owned()));
        if next()? != "arn" {
            return Err(InvalidArn(text.to_owned()));
        }
        Ok(Self { partition: next()?, service: next()?, region: next()?, account: next()?, resource: next()? })
    }
}

impl TryFrom<String> for Arn {
    type Error = InvalidArn;

    fn try_from(text: String) -> Result<Self, InvalidArn> {
        text.parse()
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_resource_may_hold_colons() {
        let arn: Arn = "arn:aws:sns:us-east-1:111122223333:topic:subscription".parse().unwrap();
        assert_eq!((arn.service.as_str(), arn.resource.as_str()), ("sns", "topic:subscription"));
        assert_eq!(Arn::root("111122223333").to_string(), "arn:aws:iam::111122223333:root");
    }

    #[test]
    fn what_is_no_arn_is_refused() {
        for text in ["", "arn", "arn:aws:iam::111122223333", "urn:aws:iam::111122223333:root"] {
            assert_eq!(text.parse::<Arn>(), Err(InvalidArn(text.to_owned())));
        }
    }

    #[test]
    fn an_account_has_twelve_digits() {
        assert!(is_account("000000000000"));
        for text in ["", "11112222333", "1111222233334", "11112222333x", "１１１２"] {
            assert!(!is_account(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_and_writing_are_inverse(text in "arn(:[a-z0-9-]{0,8}){4}:.{0,20}") {
            prop_assert_eq!(text.parse::<Arn>().unwrap().to_string(), text);
        }
    }
}
