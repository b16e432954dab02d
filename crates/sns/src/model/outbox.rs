//! What would have left the region by SMS, push or e-mail if there were networks for them: recorded, never sent.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// By what a message would have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    Sms,
    Push,
    Email,
}

impl Channel {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Push => "push",
            Self::Email => "email",
        }
    }
}

/// A recorded message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgone {
    /// Grows: the newest has the greatest. The document's id.
    #[serde(rename = "id")]
    pub key: String,
    pub account: String,
    pub channel: Channel,
    /// A phone's number, a device's ARN, or an address.
    pub to: String,
    pub message_id: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<String>,
    pub message: String,
    pub at: Timestamp,
}

impl Document for Outgone {
    const KIND: &'static str = "sns.outbox";

    fn id(&self) -> &str {
        &self.key
    }

    fn account(&self) -> &str {
        &self.account
    }
}
