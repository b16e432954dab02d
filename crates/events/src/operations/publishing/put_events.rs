//! PutEvents: events for rules. What any rule wants of them is on disk before they are acknowledged.

use std::sync::Arc;

use freehold_api::events::{PutEventsRequest, PutEventsRequestEntry, PutEventsResponse, PutEventsResultEntry};
use freehold_wire::Call;
use jiff::Timestamp;

use crate::Events;
use crate::errors::{Error, Result};
use crate::event::{Event, Parts};
use crate::operations::lookup::BusName;

/// Bytes of all events of a request (*PutEvents: the total entry size must be less than 1 MB*).
const MOST_BYTES: usize = 1 << 20;
/// A time counts that many bytes (*User guide, Calculating event entry size*).
const TIME_BYTES: usize = 14;

/// Why an entry is refused while the others may be taken.
struct Refused(&'static str, String);

pub(in crate::operations) async fn put_events(
    events: Arc<Events>,
    call: Call,
    input: PutEventsRequest,
) -> Result<PutEventsResponse, freehold_wire::Error> {
    if input.endpoint_id.is_some() {
        return Err(Error::unsupported("EndpointId").into());
    }
    let entries = input.entries.unwrap_or_default();
    if entries.iter().map(size).sum::<usize>() > MOST_BYTES {
        return Err(Error::invalid("Total size of the entries in the request is over the limit.").into());
    }
    let now = events.now();
    let (mut kept, mut deliveries, mut answers, mut failed) = (vec![], vec![], Vec::with_capacity(entries.len()), 0);
    for entry in entries {
        let bus = BusName::of(&call, entry.event_bus_name.as_deref());
        match take(&events, &call, &bus, entry, now) {
            Ok(event) => {
                kept.extend(events.wanted(&bus.arn, &event)?);
                deliveries.extend(events.matched(&bus.arn, &event, false)?);
                answers.push(PutEventsResultEntry { event_id: Some(event.id), ..Default::default() });
            }
            Err(Refused(code, message)) => {
                failed += 1;
                answers.push(PutEventsResultEntry {
                    error_code: Some(code.into()),
                    error_message: Some(message),
                    ..Default::default()
                });
            }
        }
    }
    events.keep(kept).await?;
    events.post(deliveries).await?;
    Ok(PutEventsResponse { failed_entry_count: Some(failed), entries: Some(answers) })
}

fn take(
    events: &Events,
    call: &Call,
    bus: &BusName,
    entry: PutEventsRequestEntry,
    now: Timestamp,
) -> Result<Event, Refused> {
    let required = |name: &str, value: Option<String>| {
        let missing = || {
            Refused("InvalidArgument", format!("Parameter {name} is not valid. Reason: {name} is a required argument."))
        };
        value.filter(|value| !value.is_empty()).ok_or_else(missing)
    };
    let source = required("Source", entry.source)?;
    let detail_type = required("DetailType", entry.detail_type)?;
    let detail = required("Detail", entry.detail)?;
    // *User guide: sources that begin so are AWS's*.
    if source.starts_with("aws.") && !call.principal.is_service_linked() {
        return Err(Refused("NotAuthorizedForSourceException", "Not authorized for the source.".into()));
    }
    if !matches!(serde_json::from_str(&detail), Ok(serde_json::Value::Object(_))) {
        return Err(Refused("MalformedDetail", "Detail is malformed.".into()));
    }
    if !events.has_bus(&bus.arn) {
        return Err(Refused("InvalidArgument", Error::NoBus(bus.name.clone()).to_string()));
    }
    let parts = Parts {
        detail_type: &detail_type,
        source: &source,
        account: call.account(),
        region: &call.region,
        at: entry.time.unwrap_or(now),
        resources: &entry.resources.unwrap_or_default(),
        detail: &detail,
    };
    Event::new(&parts).ok_or_else(|| Refused("MalformedDetail", "Detail is malformed.".into()))
}

fn size(entry: &PutEventsRequestEntry) -> usize {
    let texts = [&entry.source, &entry.detail_type, &entry.detail];
    let time = if entry.time.is_some() { TIME_BYTES } else { 0 };
    let resources = entry.resources.iter().flatten().map(String::len);
    texts.into_iter().flatten().map(String::len).chain(resources).sum::<usize>() + time
}
