//! What waits in a function's queue.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something to be done when its turn comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Work {
    Run(Event),
    /// The outcome of a run, which could not be told yet.
    Tell(Telling),
}

/// An invocation that nobody waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub request_id: String,
    pub qualifier: Option<String>,
    pub payload: Bytes,
    pub client_context: Option<String>,
    pub trace_id: Option<String>,
    /// When it was taken; milliseconds since 1970.
    pub taken_ms: i64,
    /// Runs that failed.
    pub failures: u32,
}

/// What is to be told to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Telling {
    pub to: String,
    pub body: String,
    /// Attributes of the message, where it goes to a dead-letter queue.
    pub attributes: BTreeMap<String, String>,
    /// The function's ARN, and the role to act by.
    pub source: String,
    pub role: String,
    pub taken_ms: i64,
    /// What the run was a consequence of, for the first attempt to tell: a loop that needs more than that is slow enough.
    #[serde(skip)]
    pub trace: Option<String>,
}

impl Work {
    pub fn encode(&self) -> Result<Bytes, postcard::Error> {
        postcard::to_stdvec(self).map(Bytes::from)
    }

    pub fn decode(content: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(content)
    }
}

impl Event {
    pub fn new(request_id: String, qualifier: Option<String>, payload: Bytes, now: Timestamp) -> Self {
        Self {
            request_id,
            qualifier,
            payload,
            client_context: None,
            trace_id: None,
            taken_ms: now.as_millisecond(),
            failures: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_read_as_it_was_written() {
        let event = Event::new("id".into(), Some("live".into()), Bytes::from_static(b"{}"), Timestamp::UNIX_EPOCH);
        let work = Work::Run(event);
        assert_eq!(Work::decode(&work.encode().unwrap()).unwrap(), work);
        assert!(Work::decode(b"").is_err());
    }
}
