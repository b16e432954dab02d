//! Attributes of messages: what a publisher says beside the message (*API reference, MessageAttributeValue*). They are those
//! of SQS, where one type more has a meaning: `String.Array`.

use std::collections::BTreeMap;

pub(crate) use freehold_sqs::{Attribute, AttributeValue as Value};

/// The attributes of one message, by name.
pub(crate) type Attributes = BTreeMap<String, Attribute>;
