//! Which events a request may have, and which of them are taken (*API reference, PutLogEvents*).

use std::ops::Range;

use freehold_api::logs::{InputLogEvent, RejectedLogEventsInfo};

use crate::errors::Error;
use crate::events::OVERHEAD_BYTES;

/// Bytes of all messages, each counted with its overhead.
const BATCH_BYTES: usize = 1_048_576;
const HOUR: i64 = 3600 * 1000;
/// Between the first and the last.
const SPAN: i64 = 24 * HOUR;
/// How far ahead of now, and how long ago.
const AHEAD: i64 = 2 * HOUR;
const AGO: i64 = 14 * 24 * HOUR;

/// Where events that are not taken end and begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rejected {
    too_old_end: Option<usize>,
    expired_end: Option<usize>,
    too_new_start: Option<usize>,
}

/// Events that may be taken, and what is said of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sifted {
    pub taken: Range<usize>,
    pub rejected: Rejected,
}

/// Sifts events at `now`, in milliseconds since 1970. What is before `kept_since` has expired.
pub(crate) fn sift(events: &[InputLogEvent], now: i64, kept_since: Option<i64>) -> Result<Sifted, Error> {
    let at = |event: &InputLogEvent| event.timestamp.unwrap_or_default();
    let bytes: usize = events.iter().map(|event| event.message.as_ref().map_or(0, String::len) + OVERHEAD_BYTES).sum();
    if bytes > BATCH_BYTES {
        return Err(Error::InvalidParameter(format!("Upload too large: {bytes} bytes exceeds limit of {BATCH_BYTES}")));
    }
    if !events.is_sorted_by_key(at) {
        return Err(Error::InvalidParameter(
            "Log events in a single PutLogEvents request must be in chronological order.".into(),
        ));
    }
    let (first, last) = (events.first().map_or(0, at), events.last().map_or(0, at));
    if last - first > SPAN {
        return Err(Error::InvalidParameter(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.".into(),
        ));
    }
    let before = |limit: i64| events.partition_point(|event| at(event) < limit);
    let too_old = before(now - AGO);
    let expired = kept_since.map_or(0, before);
    let too_new = before(now + AHEAD + 1);
    let rejected = Rejected {
        too_old_end: (too_old > 0).then_some(too_old),
        // What is too old anyway is said to be so.
        expired_end: (expired > too_old).then_some(expired),
        too_new_start: (too_new < events.len()).then_some(too_new),
    };
    Ok(Sifted { taken: too_old.max(expired).min(too_new)..too_new, rejected })
}

impl Rejected {
    /// As it is answered, where there is something to say.
    pub fn info(self) -> Option<RejectedLogEventsInfo> {
        let index = |at: Option<usize>| at.and_then(|at| i32::try_from(at).ok());
        (self != Self::default()).then(|| RejectedLogEventsInfo {
            too_new_log_event_start_index: index(self.too_new_start),
            too_old_log_event_end_index: index(self.too_old_end),
            expired_log_event_end_index: index(self.expired_end),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn events(times: &[i64]) -> Vec<InputLogEvent> {
        let event = |at: &i64| InputLogEvent { timestamp: Some(NOW + at), message: Some("m".into()) };
        times.iter().map(event).collect()
    }

    #[test]
    fn what_is_too_old_too_new_or_expired_is_left_out() {
        let taken = |times: &[i64], days: Option<i64>| {
            let sifted = sift(&events(times), NOW, days.map(|days| NOW - days * 24 * HOUR)).unwrap();
            (sifted.taken, sifted.rejected)
        };
        let none = Rejected::default();
        assert_eq!(taken(&[-1, 0, 2 * HOUR], None), (0..3, none));
        assert_eq!(taken(&[0, 2 * HOUR + 1], None), (0..1, Rejected { too_new_start: Some(1), ..none }));
        assert_eq!(taken(&[-AGO - 1, -AGO], None), (1..2, Rejected { too_old_end: Some(1), ..none }));
        let times = [-25 * HOUR, -23 * HOUR];
        assert_eq!(taken(&times, Some(1)), (1..2, Rejected { expired_end: Some(1), ..none }));
        assert_eq!(taken(&times, Some(30)), (0..2, none));
        assert_eq!(taken(&[-AGO - 2, -AGO - 1], Some(1)).0, 2..2);
    }

    #[test]
    fn requests_are_in_order_span_a_day_and_are_small() {
        let refused = |events: &[InputLogEvent]| sift(events, NOW, None).unwrap_err().to_string();
        assert!(refused(&events(&[0, -1])).contains("chronological"));
        assert!(refused(&events(&[-SPAN - 1, 0])).contains("24 hours"));
        assert!(sift(&events(&[-SPAN, 0]), NOW, None).is_ok());
        let large = |bytes: usize| [InputLogEvent { timestamp: Some(NOW), message: Some("x".repeat(bytes)) }];
        assert!(sift(&large(BATCH_BYTES - OVERHEAD_BYTES), NOW, None).is_ok());
        assert!(refused(&large(BATCH_BYTES - OVERHEAD_BYTES + 1)).contains("1048577 bytes"));
    }
}
