//! Tokens: by which whoever has an endpoint says that it wants to be told.

use std::time::Duration;

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Subscription;

/// How long a token is good for (*API reference, Subscribe*).
const TOKEN_LIFE: Duration = Duration::from_secs(3 * 86_400);

/// What was sent to an endpoint to confirm its subscription with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Token {
    pub token: String,
    pub account: String,
    pub topic: String,
    pub subscription: String,
    pub expires: Timestamp,
    /// What the token brings back, if the subscription has ended.
    #[serde(default)]
    pub restores: Option<Box<Subscription>>,
}

impl Token {
    /// A new one for a subscription.
    pub fn new(subscription: &Subscription, now: Timestamp) -> Self {
        Self {
            token: crate::ids::token(),
            account: subscription.account.clone(),
            topic: subscription.topic.clone(),
            subscription: subscription.arn.clone(),
            expires: now.saturating_add(TOKEN_LIFE).unwrap_or(Timestamp::MAX),
            restores: None,
        }
    }
}

impl Document for Token {
    const KIND: &'static str = "sns.token";

    fn id(&self) -> &str {
        &self.token
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// The subscription; the topic.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.subscription.clone()), Some(self.topic.clone()), None]
    }
}
