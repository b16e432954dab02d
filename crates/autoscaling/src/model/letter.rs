//! What is to be told to a topic or a queue. It is written down with what it tells of, and sent after that.

use freehold_core::ids::uuid;
use freehold_store::Document;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub id: String,
    pub account: String,
    /// The ARN of a topic or a queue.
    pub to: String,
    pub subject: String,
    /// JSON.
    pub body: String,
    /// How often it could not be sent.
    pub failures: u32,
}

impl Letter {
    pub fn new(account: &str, to: &str, subject: &str, body: &serde_json::Value) -> Self {
        Self {
            id: uuid(),
            account: account.to_owned(),
            to: to.to_owned(),
            subject: subject.to_owned(),
            body: body.to_string(),
            failures: 0,
        }
    }
}

impl Document for Letter {
    const KIND: &'static str = "autoscaling.letter";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
