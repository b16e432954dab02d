//! Aliases: names for versions, which may send a share of the invocations to a second one.

use std::collections::BTreeMap;

use freehold_core::ids;
use freehold_store::Document;
use serde::{Deserialize, Serialize};

/// An alias.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alias {
    /// The function's ARN, a colon, and the name.
    id: String,
    pub function: String,
    pub account: String,
    pub name: String,
    pub version: String,
    pub description: String,
    /// Shares of other versions, each from 0 to 1; the rest goes to `version`.
    pub weights: BTreeMap<String, f64>,
    pub revision_id: String,
}

impl Alias {
    pub fn new(function: &str, account: &str, name: &str, version: String) -> Self {
        Self {
            id: Self::id(function, name),
            function: function.to_owned(),
            account: account.to_owned(),
            name: name.to_owned(),
            version,
            description: String::new(),
            weights: BTreeMap::new(),
            revision_id: ids::uuid(),
        }
    }

    pub fn id(function: &str, name: &str) -> String {
        format!("{function}:{name}")
    }

    pub fn arn(&self) -> &str {
        &self.id
    }

    /// The version for an invocation whose lot, from 0 to 1, is `lot`.
    pub fn draw(&self, lot: f64) -> &str {
        let mut below = 0.0;
        for (version, weight) in &self.weights {
            below += weight;
            if lot < below {
                return version;
            }
        }
        &self.version
    }
}

impl Document for Alias {
    const KIND: &'static str = "lambda.alias";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Function; the version that it stands for.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.function.clone()), Some(format!("{}:{}", self.function, self.version)), None]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_invocations_goes_to_the_second_version() {
        let mut alias = Alias::new("arn:f", "111122223333", "live", "1".into());
        assert_eq!(alias.draw(0.0), "1");
        alias.weights.insert("2".into(), 0.25);
        assert_eq!((alias.draw(0.0), alias.draw(0.249), alias.draw(0.25), alias.draw(0.999)), ("2", "2", "1", "1"));
    }
}
