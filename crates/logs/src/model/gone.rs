//! A group that was deleted, and whose streams are still to be.

use freehold_store::Document;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Gone {
    /// The group's number.
    pub id: String,
    pub number: i64,
    pub account: String,
}

impl Gone {
    pub fn new(number: i64, account: &str) -> Self {
        Self { id: number.to_string(), number, account: account.to_owned() }
    }
}

impl Document for Gone {
    const KIND: &'static str = "logs.gone";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
