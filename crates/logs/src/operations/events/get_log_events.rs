//! GetLogEvents: a stream, page by page in both directions.
//!
//! A forward token is the place of the last event that was seen, a backward token that of the first. At an end the token
//! that was sent comes back, so that whoever follows a stream asks with the same one until there is something new.

use std::sync::Arc;

use freehold_api::logs::{GetLogEventsRequest, GetLogEventsResponse, OutputLogEvent};
use freehold_wire::Call;

use super::{BYTES, EVENTS, check_readable};
use crate::Logs;
use crate::errors::Error;
use crate::events::{Budget, Event, Place, Range, Source};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Forward(Place),
    Backward(Place),
}

pub(super) async fn get_log_events(
    state: Arc<Logs>,
    call: Call,
    input: GetLogEventsRequest,
) -> Result<GetLogEventsResponse, freehold_wire::Error> {
    if input.unmask == Some(true) {
        return Err(Error::not_here("unmask").into());
    }
    let token = input.next_token.as_deref().map(Token::parse).transpose()?;
    let group = state.group_by(&call, input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    check_readable(&group)?;
    if let (Some(start), Some(end)) = (input.start_time, input.end_time)
        && start > end
    {
        return Err(Error::InvalidParameter("startTime must not be later than endTime.".into()).into());
    }
    let since = input.start_time.unwrap_or_default().max(group.kept_since(state.now()).unwrap_or_default());
    let mut range = Range {
        after: Place::before(since),
        // What is at the end itself is not part of it (*API reference, GetLogEvents: endTime*).
        before: input.end_time.map_or(Place::LAST, Place::before),
        from_end: !input.start_from_head.unwrap_or(false),
    };
    match token {
        Some(Token::Forward(place)) => (range.after, range.from_end) = (range.after.max(place), false),
        Some(Token::Backward(place)) => (range.before, range.from_end) = (range.before.min(place), true),
        None => {}
    }
    let limit = input.limit.map_or(EVENTS, |limit| usize::try_from(limit).unwrap_or(EVENTS));
    let budget = Budget { events: limit, bytes: BYTES, looks: usize::MAX };
    let (number, name) = (group.number, input.log_stream_name.unwrap_or_default());
    let page = state
        .read(move |events| {
            let Some(stream) = events.stream(number, &name)? else { return Ok(None) };
            events.events(&Source::Stream(stream.id), range, budget, &|_| true).map(Some)
        })
        .await?;
    let page = page.ok_or(Error::NoStream)?;
    let (forward, backward) = tokens(&page.events, token, range);
    Ok(GetLogEventsResponse {
        events: Some(page.events.into_iter().map(view).collect()),
        next_forward_token: Some(Token::Forward(forward).to_string()),
        next_backward_token: Some(Token::Backward(backward).to_string()),
    })
}

/// Where the next pages begin: after the one place, and before the other. Neither passes over what was not seen.
fn tokens(events: &[Event], token: Option<Token>, range: Range) -> (Place, Place) {
    match (events, token) {
        ([first, .., last], _) => (last.place, first.place),
        ([only], _) => (only.place, only.place),
        ([], Some(Token::Forward(place))) => (place, place.next()),
        ([], Some(Token::Backward(place))) => (place.previous(), place),
        ([], None) => (range.after, range.after.next()),
    }
}

fn view(event: Event) -> OutputLogEvent {
    OutputLogEvent {
        timestamp: Some(event.place.at),
        message: Some(event.message),
        ingestion_time: Some(event.ingested),
    }
}

impl Token {
    fn parse(text: &str) -> Result<Self, Error> {
        let invalid = || Error::InvalidParameter("The specified nextToken is invalid.".into());
        let place = |digits: &str| Place::parse(digits).ok_or_else(invalid);
        match text.strip_suffix("/s").and_then(|text| text.split_once('/')) {
            Some(("f", digits)) => Ok(Self::Forward(place(digits)?)),
            Some(("b", digits)) => Ok(Self::Backward(place(digits)?)),
            _ => Err(invalid()),
        }
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Forward(place) => write!(f, "f/{}/s", place.digits()),
            Self::Backward(place) => write!(f, "b/{}/s", place.digits()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_read_as_they_are_written() {
        for token in [Token::Forward(Place { at: 5, number: 7 }), Token::Backward(Place::FIRST)] {
            assert_eq!(Token::parse(&token.to_string()).unwrap(), token);
        }
        for text in ["", "f/1/s", "x/00000000000000000000000000000000000000000000000000000000/s", "f//s"] {
            assert!(Token::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_empty_page_leads_back_to_what_was_seen() {
        let range = Range { after: Place::before(10), before: Place::LAST, from_end: false };
        let place = Place { at: 20, number: 3 };
        assert_eq!(tokens(&[], Some(Token::Forward(place)), range), (place, Place { at: 20, number: 4 }));
        assert_eq!(tokens(&[], Some(Token::Backward(place)), range), (Place { at: 20, number: 2 }, place));
        assert_eq!(tokens(&[], None, range).0, Place::before(10));
    }
}
