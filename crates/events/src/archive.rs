//! Keeps events for archives, before they are told to anybody.

use freehold_store::{Document, StoreExt, TxExt};

use crate::Events;
use crate::errors::{Error, Result};
use crate::event::Event;
use crate::model::{Holding, Kept};

/// What an event has that is replayed: archives do not keep it again (*User guide, Archiving and replaying events*).
const REPLAY_NAME: &str = "replay-name";

impl Events {
    /// What archives of the bus want of an event.
    pub(crate) fn wanted(&self, bus: &str, event: &Event) -> Result<Vec<Kept>> {
        if event.value.get(REPLAY_NAME).is_some() {
            return Ok(Vec::new());
        }
        let (live, now) = (self.live()?, self.now());
        let archives = live
            .archives(bus)
            .filter(|(_, pattern)| pattern.as_ref().is_none_or(|pattern| pattern.matches(&event.value)));
        Ok(archives.filter_map(|(archive, _)| archive.kept(event, now)).collect())
    }

    /// Puts an event on a bus: archives keep it, and what rules want of it is to be told.
    pub(crate) async fn tell(&self, bus: &str, event: &Event, is_forwarded: bool) -> Result<()> {
        self.keep(self.wanted(bus, event)?).await?;
        self.post(self.matched(bus, event, is_forwarded)?).await
    }

    /// Has all of it on disk when it resolves. What is there already is counted once.
    pub(crate) async fn keep(&self, events: Vec<Kept>) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let kept = self.store.transact::<_, Error, _>(move |tx| {
            for event in events {
                // An archive that was deleted meanwhile keeps nothing more.
                let Some(mut held) = tx.get::<Holding>(&event.key)?.filter(|held| !held.is_dismissed) else { continue };
                if tx.get::<Kept>(event.id())?.is_some() {
                    continue;
                }
                held.events += 1;
                held.bytes += event.text.len() as u64;
                tx.put(&held)?;
                tx.put(&event)?;
            }
            Ok(())
        });
        kept.await
    }
}

/// The event as it was, and which replay tells it again.
pub(crate) fn replayed(text: &str, replay: &str) -> Option<Event> {
    let open = text.trim_end().strip_suffix('}')?;
    Event::read(&format!("{open},\"{REPLAY_NAME}\":{}}}", serde_json::Value::from(replay)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replayed_event_names_its_replay() {
        let event = replayed(r#"{"id":"1","detail":{"a": 1.50}}"#, "again").unwrap();
        assert_eq!(event.text, r#"{"id":"1","detail":{"a": 1.50},"replay-name":"again"}"#);
        assert_eq!((event.value["replay-name"].as_str(), &*event.id), (Some("again"), "1"));
    }
}
