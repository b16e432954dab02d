//! An instance of a group, from the decision to launch it until it is gone.

use std::collections::BTreeSet;

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Event, HookAction, HookResult, Phase, Resolved, TemplateRef};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Member {
    /// A UUID: the client token of its launch, and the id of the activity that tells of it. So a launch that was asked
    /// for and not noted is found again.
    pub key: String,
    pub account: String,
    /// The group's id.
    pub group: String,
    pub group_name: String,
    pub phase: Phase,
    /// Of the warm pool.
    pub warmed: bool,
    pub instance: Option<String>,
    pub health: Health,
    /// What was found, as a sentence, while it is unhealthy.
    pub sickness: Option<String>,
    pub zone: String,
    pub subnet: Option<String>,
    /// What it is launched from, as soon as that is known.
    pub launch: Option<Resolved>,
    /// Which of the choices of a mixed policy is tried.
    pub choice: usize,
    pub market: Market,
    pub weight: u32,
    pub instance_type: String,
    pub image: String,
    pub protected: bool,
    pub created: Timestamp,
    pub in_service_since: Option<Timestamp>,
    /// Target groups that it is registered with.
    pub registered: BTreeSet<String>,
    /// Hooks that hold it.
    pub actions: Vec<HookAction>,
    /// The activity that tells what is done with it.
    pub activity: Option<String>,
    /// EC2 recommends to replace it, and the group does so.
    #[serde(default)]
    pub at_risk: bool,
    /// Launched beyond the desired capacity, so that another may go when this one serves.
    pub surplus: bool,
    /// Ends without anybody being asked: the group is deleted by force.
    pub forced: bool,
    /// It ends because the group shrinks, so that the warm pool may have it again.
    pub reusable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Health {
    Healthy,
    Unhealthy,
}

/// How an instance is bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Market {
    OnDemand,
    Spot,
}

impl Health {
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "Healthy",
            Self::Unhealthy => "Unhealthy",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Healthy, Self::Unhealthy].into_iter().find(|health| health.name() == name)
    }
}

impl Member {
    /// Moves it on, if the event has a meaning for it; tells whether it had.
    pub fn apply(&mut self, event: Event, now: Timestamp) -> bool {
        let Some(phase) = self.phase.after(event) else { return false };
        self.phase = phase;
        match event {
            Event::Joined => {
                self.in_service_since = Some(now);
                self.surplus = false;
            }
            Event::Drawn | Event::Returned => self.warmed = false,
            Event::Reused => {
                self.warmed = true;
                self.reusable = false;
                self.in_service_since = None;
            }
            _ => {}
        }
        if !phase.is_waiting() {
            self.actions.clear();
        }
        true
    }

    /// What the hooks that hold it say together: one that abandons ends the waiting, else all must have let it go.
    pub fn verdict(&self, now: Timestamp) -> Option<HookResult> {
        let results: Vec<_> = self.actions.iter().map(|action| action.result(now)).collect();
        if results.contains(&Some(HookResult::Abandon)) {
            return Some(HookResult::Abandon);
        }
        results.iter().all(Option::is_some).then_some(HookResult::Continue)
    }

    /// AWS's name of its state.
    pub fn state(&self) -> String {
        self.phase.name(self.warmed)
    }

    /// Whether the desired capacity counts it.
    pub fn counts(&self) -> bool {
        !self.warmed && self.phase.counts()
    }

    /// Whether it serves and is well.
    pub fn serves(&self) -> bool {
        self.phase == Phase::InService && self.health == Health::Healthy
    }

    /// Whether it began to serve so lately that its measurements say little, or has not begun.
    /// `warmup`: seconds.
    pub fn is_warming(&self, warmup: u32, now: Timestamp) -> bool {
        match self.in_service_since {
            _ if self.phase.is_pending() => true,
            Some(since) => now < super::later(since, warmup),
            None => false,
        }
    }

    /// The launch template that it was made from, by the version's number.
    pub fn template(&self) -> Option<TemplateRef> {
        match &self.launch {
            Some(Resolved::Template { template, number, .. }) => {
                Some(TemplateRef { version: Some(number.clone()), ..template.clone() })
            }
            _ => None,
        }
    }

    /// The launch configuration that it was made from.
    pub fn configuration(&self) -> Option<String> {
        match &self.launch {
            Some(Resolved::Configuration(name)) => Some(name.clone()),
            _ => None,
        }
    }
}

impl Document for Member {
    const KIND: &'static str = "autoscaling.instance";

    fn id(&self) -> &str {
        &self.key
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// The group; the instance; `busy` while something is to be done with it.
    fn index(&self) -> [Option<String>; 3] {
        let busy = (!self.phase.is_at_rest()).then(|| "busy".to_owned());
        [Some(self.group.clone()), self.instance.clone(), busy]
    }
}
