//! Attributes of messages: what a publisher says beside the message (*API reference, MessageAttributeValue*).

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The attributes of one message, by name.
pub(crate) type Attributes = BTreeMap<String, Attribute>;

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attribute {
    /// `String`, `String.Array`, `Number` or `Binary`, or one of them with a dot and the publisher's own word.
    pub data_type: String,
    pub value: Value,
}

/// What an attribute says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Value {
    Text(String),
    Binary(Bytes),
}
