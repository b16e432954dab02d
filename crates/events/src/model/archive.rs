//! Archives: events of a bus that are kept, to be replayed.

use freehold_core::{Arn, ids};
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Event;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Archive {
    pub arn: String,
    pub account: String,
    pub name: String,
    /// By which its events are kept: an archive that is made again under the same name has none of its predecessor's.
    pub key: String,
    /// ARN of its bus.
    pub bus: String,
    pub description: Option<String>,
    /// Which events; all of them if there is none.
    pub pattern: Option<String>,
    /// 0 is for ever.
    pub retention_days: u32,
    pub created: Timestamp,
}

/// What an archive holds, apart from it so that an event that is kept changes no archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holding {
    /// Key of the archive.
    pub key: String,
    pub account: String,
    pub events: u64,
    pub bytes: u64,
    /// Days since 1970 of the first day from which there may be events.
    pub first_day: i64,
    /// The archive was deleted, and its events go.
    pub is_dismissed: bool,
}

/// An event that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Key of the archive, the event's time and its id: in the order of time.
    id: String,
    pub key: String,
    pub account: String,
    /// The event's own.
    pub time: Timestamp,
    /// When it was kept, in days since 1970.
    pub day: i64,
    pub text: String,
}

impl Archive {
    pub fn new(region: &str, account: &str, name: &str, bus: &str, created: Timestamp) -> Self {
        Self {
            arn: archive_arn(region, account, name),
            account: account.to_owned(),
            name: name.to_owned(),
            key: ids::uuid(),
            bus: bus.to_owned(),
            description: None,
            pattern: None,
            retention_days: 0,
            created,
        }
    }

    pub fn holding(&self) -> Holding {
        Holding {
            key: self.key.clone(),
            account: self.account.clone(),
            events: 0,
            bytes: 0,
            first_day: day(self.created),
            is_dismissed: false,
        }
    }

    /// The event as this archive keeps it. `None` if it has no time, which no event lacks.
    pub fn kept(&self, event: &Event, now: Timestamp) -> Option<Kept> {
        let time: Timestamp = event.value.get("time")?.as_str()?.parse().ok()?;
        Some(Kept {
            id: format!("{}/{}", place(&self.key, time), event.id),
            key: self.key.clone(),
            account: self.account.clone(),
            time,
            day: day(now),
            text: event.text.clone(),
        })
    }
}

impl Kept {
    /// By which the events of one day are found.
    pub fn day_of(key: &str, day: i64) -> String {
        format!("{key}/{day}")
    }
}

/// What the ids of events of that time begin with; those of later ones are greater.
pub(crate) fn place(key: &str, time: Timestamp) -> String {
    format!("{key}/{:020}", time.as_millisecond().max(0))
}

/// Days since 1970.
pub(crate) fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

pub(crate) fn archive_arn(region: &str, account: &str, name: &str) -> String {
    Arn::new("events", region, account, format!("archive/{name}")).to_string()
}

impl Document for Archive {
    const KIND: &'static str = "events.archive";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Document for Holding {
    const KIND: &'static str = "events.holding";

    fn id(&self) -> &str {
        &self.key
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Whether its archive was deleted.
    fn index(&self) -> [Option<String>; 3] {
        [self.is_dismissed.then(|| "dismissed".to_owned()), None, None]
    }
}

impl Document for Kept {
    const KIND: &'static str = "events.kept";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Archive; archive and day.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.key.clone()), Some(Self::day_of(&self.key, self.day)), None]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Parts;

    #[test]
    fn events_are_kept_in_the_order_of_their_times() {
        let archive = Archive::new("us-east-1", "111122223333", "all", "bus", Timestamp::UNIX_EPOCH);
        let kept = |seconds: i64| {
            let at = Timestamp::from_second(seconds).unwrap();
            let (source, resources) = ("mine", &[][..]);
            let parts = Parts { detail_type: "t", source, account: "1", region: "r", at, resources, detail: "{}" };
            archive.kept(&Event::new(&parts).unwrap(), Timestamp::UNIX_EPOCH).unwrap()
        };
        let (early, late) = (kept(9), kept(1_700_000_000));
        assert!(early.id < late.id);
        assert!(early.id > place(&archive.key, early.time) && late.id > place(&archive.key, late.time));
        assert!(early.id < place(&archive.key, Timestamp::from_second(10).unwrap()));
    }
}
