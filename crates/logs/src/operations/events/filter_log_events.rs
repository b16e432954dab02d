//! FilterLogEvents: events of a group's streams in the order of time, those that a pattern means.

use std::collections::BTreeSet;
use std::sync::Arc;

use freehold_api::logs::{FilterLogEventsRequest, FilterLogEventsResponse, FilteredLogEvent};
use freehold_core::pagination::{InvalidToken, Query};
use freehold_wire::Call;

use super::{BYTES, EVENTS, check_readable};
use crate::errors::Error;
use crate::events::{Budget, Event, Order, Place, Range, Source, StreamPage};
use crate::model::Group;
use crate::operations::pages;
use crate::pattern::Pattern;
use crate::{EventStore, Failure, Logs};

/// Events that are looked at for one answer, which may then be empty and lead to another page.
const LOOKS: usize = 100_000;

pub(super) async fn filter_log_events(
    state: Arc<Logs>,
    call: Call,
    input: FilterLogEventsRequest,
) -> Result<FilterLogEventsResponse, freehold_wire::Error> {
    check(&input)?;
    let group = state.group_by(&call, input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    check_readable(&group)?;
    let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default()).map_err(Error::from)?;
    let from_end = input.start_from_head == Some(false);
    let query = query(&group, &input);
    let stopped = match pages::after(&query, input.next_token.as_deref())? {
        Some(digits) => Some(Place::parse(&digits).ok_or(InvalidToken).map_err(Error::from)?),
        None => None,
    };
    let since = input.start_time.unwrap_or_default().max(group.kept_since(state.now()).unwrap_or_default());
    let mut range = Range {
        after: Place::before(since),
        // What is at the end itself is part of it (*API reference, FilterLogEvents: endTime*).
        before: input.end_time.map_or(Place::LAST, |end| Place::before(end.saturating_add(1))),
        from_end,
    };
    match stopped {
        Some(place) if from_end => range.before = range.before.min(place),
        Some(place) => range.after = range.after.max(place),
        None => {}
    }
    let limit = input.limit.map_or(EVENTS, |limit| usize::try_from(limit).unwrap_or(EVENTS));
    let budget = Budget { events: limit, bytes: BYTES, looks: LOOKS };
    let (names, prefix) = (input.log_stream_names, input.log_stream_name_prefix);
    let page = state
        .read(move |events| {
            let Some(source) = source(events, &group, names, prefix)? else { return Ok(None) };
            events.events(&source, range, budget, &|message| pattern.matches(message)).map(Some)
        })
        .await?;
    let page = page.ok_or(Error::NoStream)?;
    Ok(FilterLogEventsResponse {
        events: Some(page.events.into_iter().map(view).collect()),
        // API reference, FilterLogEvents: it is always empty.
        searched_log_streams: Some(Vec::new()),
        next_token: page.stopped.map(|place| query.token_after(&place.digits())),
    })
}

fn check(input: &FilterLogEventsRequest) -> Result<(), Error> {
    if input.unmask == Some(true) {
        return Err(Error::not_here("unmask"));
    }
    if input.log_stream_names.is_some() && input.log_stream_name_prefix.is_some() {
        return Err(Error::InvalidParameter(
            "LogStream names and LogStream name prefix are mutually exclusive parameters.".into(),
        ));
    }
    if let (Some(start), Some(end)) = (input.start_time, input.end_time)
        && start > end
    {
        return Err(Error::InvalidParameter("startTime must not be later than endTime.".into()));
    }
    Ok(())
}

fn query(group: &Group, input: &FilterLogEventsRequest) -> Query {
    let FilterLogEventsRequest { log_stream_names, log_stream_name_prefix, start_time, end_time, .. } = input;
    let streams = format!("{log_stream_names:?} {log_stream_name_prefix:?}");
    let rest = format!("{start_time:?} {end_time:?} {:?} {:?}", input.filter_pattern, input.start_from_head);
    Query::new(["FilterLogEvents", &group.id, &streams, &rest])
}

/// Where to look; `None` if a stream that is named does not exist.
fn source(
    events: &EventStore,
    group: &Group,
    names: Option<Vec<String>>,
    prefix: Option<String>,
) -> Result<Option<Source>, Failure> {
    let mut streams = BTreeSet::new();
    match (names, prefix) {
        (None, None) => return Ok(Some(Source::Group { number: group.number, streams: None })),
        (Some(names), _) => {
            for name in names {
                match events.stream(group.number, &name)? {
                    Some(stream) => streams.insert(stream.id),
                    None => return Ok(None),
                };
            }
        }
        (None, Some(prefix)) => {
            let all = StreamPage {
                group: group.number,
                prefix,
                order: Order::Name,
                is_descending: false,
                after: None,
                limit: usize::MAX >> 1,
            };
            streams.extend(events.streams(&all)?.into_iter().map(|stream| stream.id));
        }
    }
    // One alone has an index of its own.
    let only = streams.first().copied().filter(|_| streams.len() == 1);
    Ok(Some(match only {
        Some(id) => Source::Stream(id),
        None => Source::Group { number: group.number, streams: Some(streams) },
    }))
}

fn view(event: Event) -> FilteredLogEvent {
    FilteredLogEvent {
        event_id: Some(event.place.digits()),
        log_stream_name: Some(event.stream),
        timestamp: Some(event.place.at),
        message: Some(event.message),
        ingestion_time: Some(event.ingested),
    }
}
