//! Events and the patterns that want them.

mod put_events;
mod test_event_pattern;

pub(super) use put_events::put_events;
pub(super) use test_event_pattern::test_event_pattern;
