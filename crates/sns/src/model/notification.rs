//! What waits in a subscription's own queue: a message as far as it is the same for every attempt to deliver it.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Attributes;

/// What is said to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Notification,
    /// Whether the endpoint wants to be told, with the token by which it says yes.
    SubscriptionConfirmation {
        token: String,
    },
    /// That it will not be told any more, with the token by which it is told again.
    UnsubscribeConfirmation {
        token: String,
    },
}

/// A message on its way to one subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notification {
    pub kind: Kind,
    /// As the publisher was answered.
    pub id: String,
    pub topic: String,
    pub subject: Option<String>,
    /// What the subscriber's protocol gets.
    pub message: String,
    pub attributes: Attributes,
    /// Milliseconds since 1970.
    pub published: i64,
    /// Where the publisher reached the region: addresses in the message lead there.
    pub endpoint: String,
    /// The trace header that it came with. Behind all the rest on disk, and only if there is one.
    #[serde(skip)]
    pub trace: Option<String>,
}

impl Notification {
    /// As a queue keeps it.
    pub fn encode(&self) -> Result<Bytes, postcard::Error> {
        let mut bytes = postcard::to_stdvec(self)?;
        if let Some(trace) = &self.trace {
            bytes = postcard::to_extend(trace, bytes)?;
        }
        Ok(bytes.into())
    }

    pub fn decode(content: &[u8]) -> Result<Self, postcard::Error> {
        let (notification, rest) = postcard::take_from_bytes::<Self>(content)?;
        let trace = if rest.is_empty() { None } else { Some(postcard::from_bytes(rest)?) };
        Ok(Self { trace, ..notification })
    }

    /// `2026-11-24T10:10:41.123Z`
    pub fn timestamp(&self) -> String {
        timestamp(self.published)
    }
}

/// A time as messages show it: with milliseconds, in UTC.
pub(crate) fn timestamp(millis: i64) -> String {
    let at = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attribute, Value};

    #[test]
    fn times_have_three_decimals_even_if_they_are_zero() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(1_700_000_000_120), "2023-11-14T22:13:20.120Z");
    }

    #[test]
    fn a_notification_survives_its_queue() {
        let attribute = Attribute { data_type: "Binary".into(), value: Value::Binary(Bytes::from_static(&[0, 255])) };
        let notification = Notification {
            kind: Kind::SubscriptionConfirmation { token: "t".into() },
            id: "i".into(),
            topic: "a".into(),
            subject: None,
            message: "m".into(),
            attributes: [("k".to_owned(), attribute)].into(),
            published: 5,
            endpoint: "http://h".into(),
            trace: None,
        };
        let traced = Notification { trace: Some("Root=1".into()), ..notification.clone() };
        for one in [notification, traced] {
            assert_eq!(Notification::decode(&one.encode().unwrap()), Ok(one));
        }
        assert!(Notification::decode(&[9, 9]).is_err());
    }
}
