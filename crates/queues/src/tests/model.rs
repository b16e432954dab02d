//! What queues promise, in the simplest words: a list of messages, and what each receiver may and may not get.

use std::collections::BTreeMap;

use crate::Received;

/// A message that was sent and not deleted.
#[derive(Debug, Clone)]
struct Known {
    group: Option<String>,
    /// Until then nobody may get it.
    hidden_until: i64,
    in_flight: bool,
}

#[derive(Debug)]
pub struct Model {
    /// By what they say, which is unique, in the order in which they were sent.
    messages: BTreeMap<u64, Known>,
    fifo: bool,
}

impl Model {
    pub fn new(fifo: bool) -> Self {
        Self { messages: BTreeMap::new(), fifo }
    }

    pub fn sent(&mut self, name: u64, group: Option<String>, due: i64) {
        self.messages.insert(name, Known { group, hidden_until: due, in_flight: false });
    }

    pub fn deleted(&mut self, name: u64) {
        self.messages.remove(&name);
    }

    pub fn hidden(&mut self, name: u64, now: i64, until: i64) {
        if let Some(known) = self.messages.get_mut(&name) {
            (known.hidden_until, known.in_flight) = (until, until > now);
        }
    }

    pub fn is_in_flight(&self, name: u64, now: i64) -> bool {
        self.messages.get(&name).is_some_and(|known| known.in_flight && known.hidden_until > now)
    }

    /// After a crash leases are forgotten, delays are not.
    pub fn restarted(&mut self, now: i64) {
        for known in self.messages.values_mut().filter(|known| known.in_flight) {
            (known.hidden_until, known.in_flight) = (now, false);
        }
    }

    pub fn names(&self) -> Vec<u64> {
        self.messages.keys().copied().collect()
    }

    /// Visible, in flight, delayed.
    pub fn counts(&self, now: i64) -> (u64, u64, u64) {
        let count =
            |wanted: &dyn Fn(&Known) -> bool| self.messages.values().filter(|known| wanted(known)).count() as u64;
        (
            count(&|known| known.hidden_until <= now),
            count(&|known| known.hidden_until > now && known.in_flight),
            count(&|known| known.hidden_until > now && !known.in_flight),
        )
    }

    /// Checks what one receive of up to `max` got, and takes notice of it.
    pub fn received(&mut self, got: &[Received], max: usize, now: i64, until: i64) -> Result<(), String> {
        if got.len() > max {
            return Err(format!("{} messages where {max} were asked for", got.len()));
        }
        let names: Vec<u64> = got.iter().map(|message| super::text(message).parse().unwrap()).collect();
        for (position, name) in names.iter().enumerate() {
            let known = self.messages.get(name).ok_or_else(|| format!("{name} was deleted, or never sent"))?;
            if known.hidden_until > now {
                return Err(format!("{name} is hidden until {}", known.hidden_until));
            }
            if self.fifo {
                self.in_turn(*name, known, &names[..position], now)?;
            }
        }
        if got.is_empty() && self.anything(now) {
            return Err("nothing, though there is something".into());
        }
        for name in names {
            self.hidden(name, now, until);
        }
        Ok(())
    }

    /// All that is older in its group was got in the same call.
    fn in_turn(&self, name: u64, known: &Known, before: &[u64], now: i64) -> Result<(), String> {
        for (older, _) in self.messages.range(..name).filter(|(_, other)| other.group == known.group) {
            if !before.contains(older) {
                return Err(format!("{name} before {older}"));
            }
        }
        let busy = |other: &Known| other.group == known.group && other.in_flight && other.hidden_until > now;
        if self.messages.values().any(busy) {
            return Err(format!("{name} while its group is busy"));
        }
        Ok(())
    }

    /// Whether a receiver has to get something.
    fn anything(&self, now: i64) -> bool {
        if !self.fifo {
            return self.messages.values().any(|known| known.hidden_until <= now);
        }
        let mut groups: BTreeMap<&Option<String>, Vec<&Known>> = BTreeMap::new();
        for known in self.messages.values() {
            groups.entry(&known.group).or_default().push(known);
        }
        groups.values().any(|group| {
            group[0].hidden_until <= now && group.iter().all(|known| !known.in_flight || known.hidden_until <= now)
        })
    }
}
