//! What a message says to each protocol (*API reference, Publish: MessageStructure*).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::errors::Error;
use crate::model::Protocol;

const DEFAULT: &str = "default";

/// The same for all, or one text for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Texts {
    default: String,
    /// By protocol or push service: `sqs`, `GCM`.
    others: BTreeMap<String, String>,
}

/// A value is text; what is not is no entry.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Text(String),
    Other(serde::de::IgnoredAny),
}

impl Texts {
    pub fn read(message: String, structure: Option<&str>) -> Result<Self, Error> {
        match structure {
            None => return Ok(Self { default: message, others: BTreeMap::new() }),
            Some("json") => {}
            Some(_) => return Err(Error::InvalidParameter("MessageStructure".into())),
        }
        let invalid = |why: &str| Error::InvalidParameter(format!("Message Structure - {why}"));
        let entries: BTreeMap<String, Entry> =
            serde_json::from_str(&message).map_err(|_| invalid("JSON message body failed to parse"))?;
        let mut others: BTreeMap<String, String> = entries
            .into_iter()
            .filter_map(|(name, entry)| match entry {
                Entry::Text(text) => Some((name, text)),
                Entry::Other(_) => None,
            })
            .collect();
        let default = others.remove(DEFAULT).ok_or_else(|| invalid("No default entry in JSON message body"))?;
        Ok(Self { default, others })
    }

    /// What subscribers of a protocol are told.
    pub fn of(&self, protocol: Protocol) -> &str {
        self.named(protocol.name())
    }

    /// What a push service is told, or the protocol of this name.
    pub fn named(&self, name: &str) -> &str {
        self.others.get(name).unwrap_or(&self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protocol_has_its_text_or_the_default_one() {
        let texts = Texts::read(r#"{"default":"d","sqs":"q","GCM":"{}","http":5}"#.into(), Some("json")).unwrap();
        assert_eq!((texts.of(Protocol::Sqs), texts.of(Protocol::Http), texts.named("GCM")), ("q", "d", "{}"));
        let plain = Texts::read(r#"{"default":"d"}"#.into(), None).unwrap();
        assert_eq!(plain.of(Protocol::Sqs), r#"{"default":"d"}"#);
    }

    #[test]
    fn a_structure_is_json_with_a_default() {
        for (message, structure, why) in [
            ("{", "json", "failed to parse"),
            ("[]", "json", "failed to parse"),
            ("{\"sqs\":\"q\"}", "json", "No default entry"),
            ("{\"default\":1}", "json", "No default entry"),
            ("{\"default\":\"d\"}", "xml", "MessageStructure"),
        ] {
            let refused = Texts::read(message.into(), Some(structure)).unwrap_err().to_string();
            assert!(refused.contains(why), "{message}: {refused}");
        }
    }
}
