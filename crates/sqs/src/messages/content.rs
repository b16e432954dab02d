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

impl AttributeValue {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

/// Attributes in the order of their names.
pub(crate) type Attributes = Vec<(String, Attribute)>;

/// A message as it was sent. Read from where it lies, so that its body is copied only into the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content<'a> {
    pub body: &'a str,
    /// Asked for at each receive, and the same each time.
    pub body_digest: [u8; 16],
    pub sender_id: &'a str,
    pub trace_header: Option<&'a str>,
    pub attributes: Attributes,
}

/// What surrounds the texts.
const FRAME: usize = 64;

impl<'a> Content<'a> {
    pub fn encode(&self) -> Result<Bytes, postcard::Error> {
        let attributes: usize = self
            .attributes
            .iter()
            .map(|(name, one)| name.len() + one.data_type.len() + one.value.as_bytes().len() + 16)
            .sum();
        let trace = self.trace_header.map_or(0, str::len);
        let room = Vec::with_capacity(FRAME + self.body.len() + self.sender_id.len() + trace + attributes);
        postcard::to_extend(self, room).map(Bytes::from)
    }

    pub fn decode(bytes: &'a [u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_can_be_read_again() {
        let attribute = |data_type: &str, value| Attribute { data_type: data_type.into(), value };
        let content = Content {
            body: "grüße",
            body_digest: [7; 16],
            sender_id: "AROAEXAMPLE:me",
            trace_header: Some("Root=1-5759e988-bd862e3fe1be46a994272793"),
            attributes: vec![
                ("a".into(), attribute("Binary", AttributeValue::Binary(Bytes::from_static(&[0, 255])))),
                ("b".into(), attribute("Number.int", AttributeValue::Text("1".into()))),
            ],
        };
        let bytes = content.encode().unwrap();
        assert_eq!(Content::decode(&bytes).unwrap(), content);
        assert!(Content::decode(&bytes[..bytes.len() - 1]).is_err());
    }
}
