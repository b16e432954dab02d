//! Events, in the order of their places.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};

use super::{OVERHEAD_BYTES, Place};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub place: Place,
    pub stream: String,
    pub ingested: i64,
    pub message: String,
}

/// Where events are read from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A stream, by its id.
    Stream(i64),
    /// A group: all of its streams, or those with these ids.
    Group { number: i64, streams: Option<BTreeSet<i64>> },
}

/// Between which places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    /// Not itself.
    pub after: Place,
    /// Not itself.
    pub before: Place,
    /// The last events of the range instead of the first.
    pub from_end: bool,
}

/// What a page may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub events: usize,
    pub bytes: usize,
    /// Events that may be looked at.
    pub looks: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    /// In the order of their places.
    pub events: Vec<Event>,
    /// The last one that was looked at, if there may be more behind it.
    pub stopped: Option<Place>,
}

pub(super) fn events(
    connection: &Connection,
    source: &Source,
    range: Range,
    budget: Budget,
    is_wanted: &dyn Fn(&str) -> bool,
) -> rusqlite::Result<Page> {
    let (of, id) = match source {
        Source::Stream(id) => ("event.stream", *id),
        Source::Group { number, .. } => ("event.log_group", *number),
    };
    let direction = if range.from_end { "DESC" } else { "ASC" };
    // Deleted streams have no row any more. A cross join keeps the events outside, in the order of their index.
    let text = format!(
        "SELECT at, number, event.stream, stream.name, event.ingested, message
         FROM event CROSS JOIN stream ON stream.id = event.stream
         WHERE {of} = ?1 AND at >= ?2 AND at <= ?4 AND (at > ?2 OR number > ?3) AND (at < ?4 OR number < ?5)
         ORDER BY at {direction}, number {direction}"
    );
    let mut statement = connection.prepare_cached(&text)?;
    let Range { after, before, from_end } = range;
    let mut rows = statement.query(params![id, after.at, after.number, before.at, before.number])?;
    let mut page = Page { events: Vec::new(), stopped: None };
    let (mut bytes, mut looks, mut last) = (0, 0, None);
    while let Some(row) = rows.next()? {
        if page.events.len() == budget.events || looks == budget.looks {
            page.stopped = last;
            break;
        }
        let place = Place { at: row.get(0)?, number: row.get(1)? };
        looks += 1;
        if source.has(row.get(2)?) && is_wanted(row.get_ref(5)?.as_str()?) {
            let event = event(row, place)?;
            bytes += event.message.len() + OVERHEAD_BYTES;
            if bytes > budget.bytes && !page.events.is_empty() {
                page.stopped = last;
                break;
            }
            page.events.push(event);
        }
        last = Some(place);
    }
    if from_end {
        page.events.reverse();
    }
    Ok(page)
}

fn event(row: &Row<'_>, place: Place) -> rusqlite::Result<Event> {
    Ok(Event { place, stream: row.get(3)?, ingested: row.get(4)?, message: row.get(5)? })
}

impl Source {
    fn has(&self, stream: i64) -> bool {
        match self {
            Self::Group { streams: Some(streams), .. } => streams.contains(&stream),
            Self::Group { streams: None, .. } | Self::Stream(_) => true,
        }
    }
}
