//! Subscriptions: who is told what is published to a topic.

use std::collections::BTreeMap;

use freehold_queues::QueueId;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How subscribers are told (*API reference, Subscribe: Protocol*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Protocol {
    Http,
    Https,
    Email,
    EmailJson,
    Sms,
    Sqs,
    Application,
    Lambda,
    Firehose,
}

impl Protocol {
    pub const ALL: [Self; 9] = [
        Self::Http,
        Self::Https,
        Self::Email,
        Self::EmailJson,
        Self::Sms,
        Self::Sqs,
        Self::Application,
        Self::Lambda,
        Self::Firehose,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Email => "email",
            Self::EmailJson => "email-json",
            Self::Sms => "sms",
            Self::Sqs => "sqs",
            Self::Application => "application",
            Self::Lambda => "lambda",
            Self::Firehose => "firehose",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == text)
    }

    /// Whether whoever has the endpoint must say that it wants to be told. The endpoints of the others belong to an
    /// account, or (phones) are told by whoever pays.
    pub fn is_asked(self) -> bool {
        matches!(self, Self::Http | Self::Https | Self::Email | Self::EmailJson)
    }
}

/// A subscription's life: it waits for its token, if the endpoint must be asked, and is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Pending,
    Confirmed {
        /// By a signed request.
        authenticated: bool,
        /// Only the owners may end it.
        authenticate_on_unsubscribe: bool,
    },
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subscription {
    /// `TOPIC-ARN:UUID`; its id too.
    pub arn: String,
    pub topic: String,
    /// Who subscribed.
    pub account: String,
    /// The identity that did.
    pub principal: String,
    pub protocol: Protocol,
    pub endpoint: String,
    /// What was set, by the attribute's name.
    pub attributes: BTreeMap<String, String>,
    pub state: State,
    /// Where what is to be delivered waits; `None` for queues, which are told at once.
    pub queue: Option<QueueId>,
    pub created: Timestamp,
}

impl Subscription {
    pub fn is_confirmed(&self) -> bool {
        self.state != State::Pending
    }

    /// Whether messages come as they were published, without an envelope.
    pub fn is_raw(&self) -> bool {
        self.attributes.get("RawMessageDelivery").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// By what a second subscription of the same endpoint is found.
    pub fn key(topic: &str, protocol: Protocol, endpoint: &str) -> String {
        format!("{topic} {} {endpoint}", protocol.name())
    }

    /// The topic of a subscription's ARN.
    pub fn topic_of(arn: &str) -> Option<&str> {
        arn.rsplit_once(':').map(|(topic, _)| topic)
    }

    /// The queue that dead letters go to, if there is one.
    pub fn dead_letter_queue(&self) -> Option<String> {
        dead_letter_target(self.attributes.get("RedrivePolicy")?)
    }
}

/// `{"deadLetterTargetArn": "arn:…"}`
pub(crate) fn dead_letter_target(policy: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Policy {
        #[serde(rename = "deadLetterTargetArn")]
        target: String,
    }
    serde_json::from_str::<Policy>(policy).ok().map(|policy| policy.target)
}

impl Document for Subscription {
    const KIND: &'static str = "sns.subscription";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Topic; topic with protocol and endpoint.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.topic.clone()), Some(Self::key(&self.topic, self.protocol, &self.endpoint)), None]
    }
}
