//! DescribeLogStreams: by name, or by when they were last written to.

use std::sync::Arc;

use freehold_api::logs::{DescribeLogStreamsRequest, DescribeLogStreamsResponse, LogStream};
use freehold_core::pagination::{InvalidToken, Query};
use freehold_wire::Call;

use crate::Logs;
use crate::errors::Error;
use crate::events::{Order, Place, Stream, StreamPage};
use crate::operations::pages;

pub(super) async fn describe_log_streams(
    state: Arc<Logs>,
    call: Call,
    input: DescribeLogStreamsRequest,
) -> Result<DescribeLogStreamsResponse, freehold_wire::Error> {
    let group = state.group_by(&call, input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    let order = match input.order_by.as_deref() {
        Some("LastEventTime") => Order::LastEvent,
        _ => Order::Name,
    };
    if order == Order::LastEvent && input.log_stream_name_prefix.is_some() {
        let sentence = "Cannot order by LastEventTime with a logStreamNamePrefix.";
        return Err(Error::InvalidParameter(sentence.into()).into());
    }
    let prefix = input.log_stream_name_prefix.clone().unwrap_or_default();
    let is_descending = input.descending.unwrap_or(false);
    let query = Query::new([&group.id, &prefix, &format!("{order:?} {is_descending}")]);
    let after = pages::after(&query, input.next_token.as_deref())?.map(|text| position(&text)).transpose()?;
    let limit = pages::size(input.limit);
    // One more shows that there is another page.
    let page = StreamPage { group: group.number, prefix, order, is_descending, after, limit: limit + 1 };
    let mut streams = state.read(move |events| events.streams(&page)).await?;
    let has_more = streams.len() > limit;
    streams.truncate(limit);
    let token = |last: &Stream| query.token_after(&format!("{} {}", last.touched(), last.name));
    let next_token = streams.last().filter(|_| has_more).map(token);
    let arn = group.arn(&state.region);
    let log_streams = streams.into_iter().map(|stream| view(stream, &arn)).collect();
    Ok(DescribeLogStreamsResponse { log_streams: Some(log_streams), next_token })
}

/// Where the page before ended.
fn position(text: &str) -> Result<(String, i64), Error> {
    let (touched, name) = text.split_once(' ').ok_or(InvalidToken)?;
    Ok((name.to_owned(), touched.parse().map_err(|_| InvalidToken)?))
}

fn view(stream: Stream, group_arn: &str) -> LogStream {
    LogStream {
        arn: Some(format!("{group_arn}:log-stream:{}", stream.name)),
        log_stream_name: Some(stream.name),
        creation_time: Some(stream.created),
        first_event_timestamp: stream.first,
        last_event_timestamp: stream.last,
        last_ingestion_time: stream.ingested,
        // It says nothing any more: PutLogEvents takes any.
        upload_sequence_token: Some(Place { at: stream.ingested.unwrap_or_default(), number: stream.id }.digits()),
        // API reference, LogStream: for streams it is always 0.
        stored_bytes: Some(0),
    }
}
