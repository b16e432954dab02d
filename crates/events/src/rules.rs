//! The rules in memory, by bus, ready to match. They are read again after each change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use freehold_iam::policy::{Kind, Policy};
use freehold_iam::{ResourcePolicies, ResourcePolicy};
use freehold_store::{Filter, StoreExt};

use crate::Events;
use crate::delivery::{Delivery, Origin};
use crate::errors::Error;
use crate::event::{Event, time};
use crate::model::{Archive, Bus, DEFAULT_BUS, Rule, RuleTarget};
use crate::pattern::Pattern;
use crate::transform::Reserved;

/// Everything that an event meets.
#[derive(Default)]
pub(crate) struct Live {
    /// Enabled rules with a pattern, by their bus.
    rules: HashMap<String, Vec<(Rule, Pattern)>>,
    /// Buses that were made or changed, with their policies.
    buses: HashMap<String, Option<Arc<Policy>>>,
    /// Archives by their bus.
    archives: HashMap<String, Vec<(Archive, Option<Pattern>)>>,
}

impl Live {
    pub fn archives(&self, bus: &str) -> impl Iterator<Item = &(Archive, Option<Pattern>)> {
        self.archives.get(bus).into_iter().flatten()
    }
}

/// The last that was read, and how often it was outdated.
#[derive(Default)]
pub(crate) struct Rules {
    read: Mutex<(u64, Option<Arc<Live>>)>,
}

impl Rules {
    /// A change was committed.
    pub fn outdated(&self) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        *read = (read.0 + 1, None);
    }
}

impl Events {
    pub(crate) fn live(&self) -> Result<Arc<Live>, freehold_store::Error> {
        let lock = || self.rules.read.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, known) = {
            let read = lock();
            (read.0, read.1.clone())
        };
        if let Some(live) = known {
            return Ok(live);
        }
        let mut live = Live::default();
        for rule in self.store.list::<Rule>(&Filter::all())? {
            let pattern = rule.pattern.as_deref().filter(|_| rule.state.is_enabled()).map(Pattern::parse);
            // What is stored was read before.
            if let Some(Ok(pattern)) = pattern {
                live.rules.entry(rule.bus.clone()).or_default().push((rule, pattern));
            }
        }
        for bus in self.store.list::<Bus>(&Filter::all())? {
            let policy = bus.policy.as_deref().and_then(|text| Policy::parse(text, Kind::Resource).ok());
            live.buses.insert(bus.arn, policy.map(Arc::new));
        }
        for archive in self.store.list::<Archive>(&Filter::all())? {
            let pattern = archive.pattern.as_deref().and_then(|text| Pattern::parse(text).ok());
            live.archives.entry(archive.bus.clone()).or_default().push((archive, pattern));
        }
        let live = Arc::new(live);
        let mut read = lock();
        // What was changed meanwhile is read by the next.
        if read.0 == before {
            read.1 = Some(Arc::clone(&live));
        }
        Ok(live)
    }

    /// Whether there is such a bus; default buses always are.
    pub(crate) fn has_bus(&self, arn: &str) -> bool {
        let is_default = arn.rsplit_once(":event-bus/").is_some_and(|(_, name)| name == DEFAULT_BUS);
        is_default || self.live().is_ok_and(|live| live.buses.contains_key(arn))
    }

    /// What is to be told of an event on a bus, by the rules that want it.
    pub(crate) fn matched(&self, bus: &str, event: &Event, is_forwarded: bool) -> Result<Vec<Delivery>, Error> {
        self.matched_of(bus, event, is_forwarded, |_| true)
    }

    /// The same of a replayed event, by these rules alone if any are named.
    pub(crate) fn matched_by(&self, bus: &str, event: &Event, rules: &[String]) -> Result<Vec<Delivery>, Error> {
        self.matched_of(bus, event, false, |rule| rules.is_empty() || rules.contains(&rule.arn))
    }

    fn matched_of(
        &self,
        bus: &str,
        event: &Event,
        is_forwarded: bool,
        is_asked: impl Fn(&Rule) -> bool,
    ) -> Result<Vec<Delivery>, Error> {
        let live = self.live()?;
        let mut deliveries = Vec::new();
        let rules = live.rules.get(bus).into_iter().flatten();
        for (rule, _) in rules.filter(|(rule, pattern)| is_asked(rule) && pattern.matches(&event.value)) {
            self.triggered(rule);
            deliveries.extend(rule.targets.iter().map(|target| self.delivery(rule, target, event, is_forwarded)));
        }
        Ok(deliveries)
    }

    /// What is to be told to one target.
    pub(crate) fn delivery(&self, rule: &Rule, target: &RuleTarget, event: &Event, is_forwarded: bool) -> Delivery {
        let now = self.now();
        let reserved = Reserved { rule_arn: &rule.arn, rule_name: &rule.name, ingested: &time(now) };
        Delivery {
            origin: Origin::Rule { name: rule.name.clone() },
            source: rule.arn.clone(),
            account: rule.account.clone(),
            target: target.arn.clone(),
            payload: target.input.apply(&event.text, &event.value, &reserved),
            // Queues, topics and functions let rules in by their own policies.
            role: None,
            group: target.group.clone(),
            retry: target.retry.unwrap_or_default(),
            dead_letter: target.dead_letter.clone(),
            created: now,
            is_forwarded,
        }
    }
}

/// As IAM asks for them, for every call.
impl ResourcePolicies for Events {
    fn policy_of(&self, arn: &str) -> ResourcePolicy {
        if !self.has_bus(arn) {
            return ResourcePolicy::NoResource;
        }
        let found = self.live().ok().and_then(|live| live.buses.get(arn).cloned().flatten());
        found.map_or(ResourcePolicy::Unset, ResourcePolicy::Set)
    }
}
