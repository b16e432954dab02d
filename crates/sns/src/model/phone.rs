//! What an account has set about SMS.

use std::collections::BTreeMap;

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The account's SMS attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SmsAttributes {
    /// One an account.
    pub account: String,
    pub attributes: BTreeMap<String, String>,
}

impl Document for SmsAttributes {
    const KIND: &'static str = "sns.sms_attributes";

    fn id(&self) -> &str {
        &self.account
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// A phone number that an account wants to verify.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SandboxNumber {
    id: String,
    pub account: String,
    pub number: String,
    /// What was sent to the phone last.
    pub password: String,
    pub sent: Timestamp,
    pub is_verified: bool,
}

impl SandboxNumber {
    pub fn new(account: &str, number: &str, password: String, sent: Timestamp) -> Self {
        let id = Self::id(account, number);
        Self { id, account: account.to_owned(), number: number.to_owned(), password, sent, is_verified: false }
    }

    pub fn id(account: &str, number: &str) -> String {
        format!("{account} {number}")
    }
}

impl Document for SandboxNumber {
    const KIND: &'static str = "sns.sandbox_number";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
