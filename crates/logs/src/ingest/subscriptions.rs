//! Subscription filters: events for functions, as functions get them (*User guide, Subscription filters with Lambda*).

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::events::{Delivery, NewEvent};
use crate::model::Group;
use crate::pattern::Pattern;

/// What each subscriber of a group is given of events that come now.
pub(crate) fn apply(group: &Group, region: &str, stream: &str, events: &[NewEvent]) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    for (name, filter) in &group.subscriptions {
        // It was parsed when it was put.
        let Ok(pattern) = Pattern::parse(&filter.pattern) else { continue };
        let wanted = events.iter().filter(|event| pattern.matches(&event.message));
        let shown: Vec<Value> = wanted.map(|event| shown(event, &pattern)).collect();
        if shown.is_empty() {
            continue;
        }
        let data = json!({
            "messageType": "DATA_MESSAGE",
            "owner": group.account,
            "logGroup": group.name,
            "logStream": stream,
            "subscriptionFilters": [name],
            "logEvents": shown,
        });
        deliveries.push(Delivery {
            filter: name.clone(),
            destination: filter.destination.clone(),
            source: group.arn(region),
            payload: payload(&data),
        });
    }
    deliveries
}

fn shown(event: &NewEvent, pattern: &Pattern) -> Value {
    let mut shown = json!({"id": event.place.digits(), "timestamp": event.place.at, "message": event.message});
    if pattern.has_fields() {
        let extracted = pattern.extract(&event.message).into_iter();
        let bare = |(name, value): (String, String)| (name.trim_start_matches('$').to_owned(), Value::String(value));
        shown["extractedFields"] = Value::Object(extracted.map(bare).collect());
    }
    shown
}

fn payload(data: &Value) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let packed = encoder.write_all(data.to_string().as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
    json!({"awslogs": {"data": STANDARD.encode(packed)}}).to_string().into_bytes()
}
