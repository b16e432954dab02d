//! What a message says, as it is kept in the queue.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A message attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// `String`, `Number` or `Binary`, with or without a suffix: `Number.float`.
    pub data_type: String,
    pub value: AttributeValue,
}

/// The value, as it is transported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttributeValue {
    Text(String),
    Binary(Bytes),
}
