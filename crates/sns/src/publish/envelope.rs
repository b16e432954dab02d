//! The JSON that a message is wrapped in, unless a subscriber wants it raw (*Developer guide, HTTP/HTTPS notification JSON
//! format; Amazon SNS message delivery to SQS*).
//!
//! Everything but the address for unsubscribing is the same for all subscribers of a message, so it is written once and a
//! subscriber's envelope is three copies of bytes.
//!
//! # Signatures
//! A signature is RSA over the fields that are the same for all, so a message has one at most. Messages to HTTP endpoints
//! are always signed, when they are delivered. In the envelopes of queues AWS has the same three fields
//! (`SignatureVersion`, `Signature`, `SigningCertURL`). One signature takes a core one millisecond (version 2) or two and more
//! (version 1); handing the message to ten queues shall take a fifth of one, and what came through a queue is known by the
//! queue's policy. So envelopes of queues are signed only where the owner asked for it by setting the topic's
//! `SignatureVersion`; else the fields are left out. An absent signature is honest, a made-up one is not. Envelopes of FIFO
//! topics have a `SequenceNumber` and no signature, as AWS's have.

use crate::model::{Attributes, Value};

/// A signature, and what it needs to be verified.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    /// `1` or `2`
    pub version: &'static str,
    /// Base64.
    pub signature: String,
    /// Where the certificate is.
    pub certificate_url: String,
}

/// What an envelope says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contents<'a> {
    pub message_id: &'a str,
    pub sequence: Option<&'a str>,
    pub topic: &'a str,
    pub subject: Option<&'a str>,
    pub message: &'a str,
    pub timestamp: &'a str,
    pub signed: Option<&'a Signed>,
    /// The region's.
    pub endpoint: &'a str,
    pub attributes: &'a Attributes,
}

/// An envelope but for who gets it.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    head: String,
    tail: String,
}

impl Envelope {
    pub fn new(contents: &Contents<'_>) -> Self {
        let mut head = String::with_capacity(contents.message.len() + contents.message.len() / 8 + 512);
        head.push_str("{\n");
        field(&mut head, "Type", "Notification");
        field(&mut head, "MessageId", contents.message_id);
        if let Some(sequence) = contents.sequence {
            field(&mut head, "SequenceNumber", sequence);
        }
        field(&mut head, "TopicArn", contents.topic);
        if let Some(subject) = contents.subject {
            field(&mut head, "Subject", subject);
        }
        field(&mut head, "Message", contents.message);
        field(&mut head, "Timestamp", contents.timestamp);
        if let Some(signed) = contents.signed {
            signature(&mut head, signed);
        }
        head.push_str("  \"UnsubscribeURL\" : \"");
        escape(&mut head, contents.endpoint);
        let mut tail = String::from("\"");
        if !contents.attributes.is_empty() {
            tail.push_str(",\n  \"MessageAttributes\" : ");
            attributes(&mut tail, contents.attributes);
        }
        tail.push_str("\n}");
        Self { head, tail }
    }

    /// The envelope for the subscriber that ends its subscription at this path.
    pub fn to(&self, unsubscribe_path: &str) -> String {
        let mut text = String::with_capacity(self.head.len() + unsubscribe_path.len() + self.tail.len());
        text.push_str(&self.head);
        text.push_str(unsubscribe_path);
        text.push_str(&self.tail);
        text
    }
}

/// The three fields by which a message is verified.
pub(crate) fn signature(text: &mut String, signed: &Signed) {
    field(text, "SignatureVersion", signed.version);
    field(text, "Signature", &signed.signature);
    field(text, "SigningCertURL", &signed.certificate_url);
}

/// `  "name" : "value",` and a new line.
pub(crate) fn field(text: &mut String, name: &str, value: &str) {
    text.push_str("  \"");
    text.push_str(name);
    text.push_str("\" : \"");
    escape(text, value);
    text.push_str("\",\n");
}

/// `{ "name" : {"Type":"String","Value":"…"}, … }`
pub(crate) fn attributes(text: &mut String, attributes: &Attributes) {
    use base64::Engine;
    text.push('{');
    for (position, (name, attribute)) in attributes.iter().enumerate() {
        text.push_str(if position == 0 { "\n    \"" } else { ",\n    \"" });
        escape(text, name);
        text.push_str("\" : {\"Type\":\"");
        escape(text, &attribute.data_type);
        text.push_str("\",\"Value\":\"");
        match &attribute.value {
            Value::Text(value) => escape(text, value),
            Value::Binary(value) => base64::engine::general_purpose::STANDARD.encode_string(value, text),
        }
        text.push_str("\"}");
    }
    text.push_str("\n  }");
}

/// Appends `value` as it stands between the quotes of a JSON string. Runs of characters that need no escape are copied
/// whole.
pub(crate) fn escape(text: &mut String, value: &str) {
    let mut copied = 0;
    for (position, byte) in value.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        text.push_str(&value[copied..position]);
        copied = position + 1;
        if escaped.is_empty() {
            text.push_str(&format!("\\u{byte:04x}"));
        } else {
            text.push_str(escaped);
        }
    }
    text.push_str(&value[copied..]);
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::model::Attribute;

    fn contents<'a>(message: &'a str, attributes: &'a Attributes) -> Contents<'a> {
        Contents {
            message_id: "id",
            sequence: None,
            topic: "arn:aws:sns:us-east-1:1:t",
            subject: None,
            message,
            timestamp: "2026-01-01T00:00:00.000Z",
            signed: None,
            endpoint: "http://127.0.0.1:4566",
            attributes,
        }
    }

    #[test]
    fn an_envelope_has_what_there_is_and_nothing_else() {
        let none = Attributes::new();
        let text = Envelope::new(&contents("hello", &none)).to("/?Action=Unsubscribe&SubscriptionArn=a:b");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = serde_json::json!({
            "Type": "Notification",
            "MessageId": "id",
            "TopicArn": "arn:aws:sns:us-east-1:1:t",
            "Message": "hello",
            "Timestamp": "2026-01-01T00:00:00.000Z",
            "UnsubscribeURL": "http://127.0.0.1:4566/?Action=Unsubscribe&SubscriptionArn=a:b",
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn binary_attributes_are_base64() {
        let attributes: Attributes = [
            (
                "b".to_owned(),
                Attribute { data_type: "Binary".into(), value: Value::Binary(Bytes::from_static(b"\0\xff")) },
            ),
            ("t".to_owned(), Attribute { data_type: "String".into(), value: Value::Text("\"".into()) }),
        ]
        .into();
        let signed = Signed { version: "2", signature: "c2ln".into(), certificate_url: "http://h/c.pem".into() };
        let contents =
            Contents { subject: Some("s"), sequence: Some("1"), signed: Some(&signed), ..contents("m", &attributes) };
        let value: serde_json::Value = serde_json::from_str(&Envelope::new(&contents).to("/")).unwrap();
        assert_eq!(value["MessageAttributes"]["b"], serde_json::json!({"Type": "Binary", "Value": "AP8="}));
        assert_eq!(value["MessageAttributes"]["t"]["Value"], "\"");
        assert_eq!((&value["Subject"], &value["SequenceNumber"]), (&"s".into(), &"1".into()));
        assert_eq!((&value["SignatureVersion"], &value["Signature"]), (&"2".into(), &"c2ln".into()));
    }

    proptest! {
        #[test]
        fn whatever_is_said_comes_out_as_it_was(message in any::<String>()) {
            let none = Attributes::new();
            let text = Envelope::new(&contents(&message, &none)).to("/");
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(value["Message"].as_str(), Some(message.as_str()));
        }
    }
}
