//! What services of the region tell about their resources: events on the account's default bus, without knowing who
//! listens (*EventBridge user guide, Events from AWS services*).

use jiff::Timestamp;
use serde_json::Value;

/// Something that happened to a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceEvent {
    pub account: String,
    /// `aws.ec2`
    pub source: &'static str,
    /// `EC2 Instance State-change Notification`
    pub detail_type: &'static str,
    /// ARNs of what the event is about.
    pub resources: Vec<String>,
    pub at: Timestamp,
    /// An object.
    pub detail: Value,
}

/// What takes events. Taking one neither waits nor fails: services tell on a best effort (*User guide, Event delivery
/// level*).
pub trait EventSink: Send + Sync + 'static {
    fn tell(&self, event: ServiceEvent);
}

/// Where nobody listens.
pub struct Unheard;

impl EventSink for Unheard {
    fn tell(&self, _: ServiceEvent) {}
}
