//! Topics.

use std::collections::BTreeMap;

use freehold_core::Arn;
use freehold_core::tags::Tags;
use freehold_queues::{QueueId, new_queue_id};
use freehold_store::Document;
use serde::{Deserialize, Serialize};

use crate::signature::Version;

/// A topic, as it was made and changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Topic {
    /// Its ARN, which is its id too.
    pub arn: String,
    pub account: String,
    pub name: String,
    /// Another one if the topic is made anew under the same name: it has not the subscriptions of the old one.
    pub generation: u64,
    /// What was set, by the attribute's name; what was not has its default.
    pub attributes: BTreeMap<String, String>,
    /// The policy as it was written; `None` while it is the default one.
    pub policy: Option<String>,
    pub data_protection_policy: Option<String>,
    pub tags: Tags,
    /// FIFO topics: where the ids of what was published lately are kept.
    pub published: Option<QueueId>,
    /// Subscriptions that were ended.
    pub subscriptions_deleted: u64,
}

impl Topic {
    pub fn new(region: &str, account: &str, name: &str) -> Self {
        Self {
            arn: Self::arn(region, account, name),
            account: account.to_owned(),
            name: name.to_owned(),
            generation: new_queue_id(),
            attributes: BTreeMap::new(),
            policy: None,
            data_protection_policy: None,
            tags: Tags::new(),
            published: None,
            subscriptions_deleted: 0,
        }
    }

    pub fn arn(region: &str, account: &str, name: &str) -> String {
        Arn::new("sns", region, account, name).to_string()
    }

    pub fn is_fifo(&self) -> bool {
        self.published.is_some()
    }

    /// Whether the attribute is set to `true`.
    pub fn is_set(&self, attribute: &str) -> bool {
        self.attributes.get(attribute).is_some_and(|value| value == "true")
    }

    /// What senders of e-mail and SMS show.
    pub fn display_name(&self) -> &str {
        self.attributes.get("DisplayName").map_or("", String::as_str)
    }

    /// What messages are signed with.
    pub fn signature_version(&self) -> Version {
        self.asked_version().unwrap_or_default()
    }

    /// The version that its owner set. Envelopes for queues are signed only then: see [`crate::publish::envelope`].
    pub fn asked_version(&self) -> Option<Version> {
        self.attributes.get("SignatureVersion").and_then(|text| Version::parse(text))
    }

    /// The policy in force.
    pub fn policy(&self) -> String {
        self.policy.clone().unwrap_or_else(|| default_policy(&self.arn, &self.account))
    }
}

impl Document for Topic {
    const KIND: &'static str = "sns.topic";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// What a topic has whose owner wrote no policy: its own account may do everything.
fn default_policy(arn: &str, account: &str) -> String {
    serde_json::json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "SNS:GetTopicAttributes",
                "SNS:SetTopicAttributes",
                "SNS:AddPermission",
                "SNS:RemovePermission",
                "SNS:DeleteTopic",
                "SNS:Subscribe",
                "SNS:ListSubscriptionsByTopic",
                "SNS:Publish",
            ],
            "Resource": arn,
            "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
        }],
    })
    .to_string()
}
