//! Groups.

use std::collections::{BTreeMap, BTreeSet};

use freehold_core::Arn;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Hook, LaunchSource, Process, TerminationPolicy, TrafficSource, WarmPool, later};
use freehold_core::ids::uuid;

/// An Auto Scaling group, as it was made and changed, with what it remembers of its own doings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    /// See [`group_id`].
    pub id: String,
    pub account: String,
    pub name: String,
    pub arn: String,
    pub created: Timestamp,
    pub source: LaunchSource,
    pub min: u32,
    pub max: u32,
    pub desired: u32,
    /// Seconds.
    pub default_cooldown: u32,
    /// In alphabetical order.
    pub zones: Vec<String>,
    /// Subnets with their zones, in the order in which they were named. Empty: the default ones of the zones.
    pub subnets: Vec<(String, String)>,
    /// Beside EC2's own.
    pub elb_health: bool,
    pub health_check_type: String,
    /// Seconds.
    pub grace_period: u32,
    pub traffic: Vec<TrafficSource>,
    pub termination_policies: Vec<TerminationPolicy>,
    pub protect_new: bool,
    pub capacity_rebalance: bool,
    /// Never elsewhere than where it keeps the balance, even if nothing can be launched there.
    pub balanced_only: bool,
    pub max_lifetime: Option<u32>,
    pub default_warmup: Option<u32>,
    pub maintenance: Option<Maintenance>,
    pub deletion_protection: DeletionProtection,
    pub context: Option<String>,
    pub tags: BTreeMap<String, Tag>,
    pub hooks: Vec<Hook>,
    /// Topics with the types of notification that each gets.
    pub notifications: BTreeMap<String, BTreeSet<String>>,
    /// With the reason that is shown.
    pub suspended: BTreeMap<Process, String>,
    pub metrics: BTreeSet<String>,
    pub warm_pool: Option<WarmPool>,
    pub deleting: bool,

    /// Why the desired capacity changed, until an activity tells of it.
    pub reasons: Vec<String>,
    /// Launches fail.
    pub backoff: Option<Backoff>,
    /// Zones in which nothing could be launched, until when others are tried.
    pub avoided: BTreeMap<String, Timestamp>,
    pub cooldown: Option<Cooldown>,
    /// What an instance refresh launches from; it becomes the group's own when all is replaced.
    pub refreshing: Option<LaunchSource>,
    /// An instance refresh has so much capacity beyond what is desired.
    pub extra: u32,
    /// Of the last activity.
    pub serial: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub value: String,
    pub propagate: bool,
}

/// Bounds for replacements, in percent of the desired capacity (*API reference, InstanceMaintenancePolicy*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Maintenance {
    pub min_healthy: u32,
    pub max_healthy: u32,
}

/// *API reference, CreateAutoScalingGroup: DeletionProtection*
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DeletionProtection {
    None,
    PreventForce,
    PreventAll,
}

impl DeletionProtection {
    const ALL: [Self; 3] = [Self::None, Self::PreventForce, Self::PreventAll];

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PreventForce => "prevent-force-deletion",
            Self::PreventAll => "prevent-all-deletion",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// Launches that fail are tried again with growing pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Backoff {
    pub failures: u32,
    pub until: Timestamp,
}

/// *User guide, Scaling cooldowns*: counted from the last thing that the scaling did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cooldown {
    pub since: Timestamp,
    /// Seconds.
    pub length: u32,
}

/// The first pause in seconds; each further one is twice as long, up to the longest.
const FIRST_BACKOFF: u32 = 2;
const LONGEST_BACKOFF: u32 = 300;

pub(crate) fn group_id(account: &str, name: &str) -> String {
    format!("{account}/{name}")
}

/// Seconds (*API reference, CreateAutoScalingGroup: DefaultCooldown*).
const DEFAULT_COOLDOWN: u32 = 300;

impl Group {
    /// A group as it is where nothing else was said, which is nowhere yet.
    pub fn new(region: &str, account: &str, name: &str, source: LaunchSource, now: Timestamp) -> Self {
        Self {
            id: group_id(account, name),
            account: account.to_owned(),
            name: name.to_owned(),
            arn: Self::arn(region, account, name),
            created: now,
            source,
            min: 0,
            max: 0,
            desired: 0,
            default_cooldown: DEFAULT_COOLDOWN,
            zones: Vec::new(),
            subnets: Vec::new(),
            elb_health: false,
            health_check_type: "EC2".into(),
            grace_period: 0,
            traffic: Vec::new(),
            termination_policies: vec![TerminationPolicy::Default],
            protect_new: false,
            capacity_rebalance: false,
            balanced_only: false,
            max_lifetime: None,
            default_warmup: None,
            maintenance: None,
            deletion_protection: DeletionProtection::None,
            context: None,
            tags: BTreeMap::new(),
            hooks: Vec::new(),
            notifications: BTreeMap::new(),
            suspended: BTreeMap::new(),
            metrics: BTreeSet::new(),
            warm_pool: None,
            deleting: false,
            reasons: Vec::new(),
            backoff: None,
            avoided: BTreeMap::new(),
            cooldown: None,
            refreshing: None,
            extra: 0,
            serial: 0,
        }
    }

    fn arn(region: &str, account: &str, name: &str) -> String {
        let resource = format!("autoScalingGroup:{}:autoScalingGroupName/{name}", uuid());
        Arn::new("autoscaling", region, account, resource).to_string()
    }

    /// What the next instance is launched from.
    pub fn launches_from(&self) -> &LaunchSource {
        self.refreshing.as_ref().unwrap_or(&self.source)
    }

    pub fn is_suspended(&self, process: Process) -> bool {
        self.suspended.contains_key(&process)
    }

    /// Asks for another capacity, and notes why.
    pub fn set_desired(&mut self, desired: u32, reason: String) {
        self.desired = desired;
        self.reasons.push(reason);
        // What failed may be wanted no more, or be possible now.
        self.backoff = None;
    }

    pub fn note_failed_launch(&mut self, now: Timestamp) {
        let failures = self.backoff.map_or(0, |backoff| backoff.failures) + 1;
        let pause = FIRST_BACKOFF.saturating_mul(1 << (failures - 1).min(10)).min(LONGEST_BACKOFF);
        self.backoff = Some(Backoff { failures, until: later(now, pause) });
    }

    /// How long no launch is to be tried, in seconds.
    pub fn launch_pause(&self, now: Timestamp) -> Option<Timestamp> {
        self.backoff.map(|backoff| backoff.until).filter(|until| now < *until)
    }

    pub fn is_cooling(&self, now: Timestamp) -> bool {
        self.cooldown.is_some_and(|cooldown| now < later(cooldown.since, cooldown.length))
    }

    /// A scaling activity ended: a cooldown that runs is counted from here.
    pub fn note_scaled(&mut self, now: Timestamp) {
        if let Some(cooldown) = &mut self.cooldown
            && now < later(cooldown.since, cooldown.length)
        {
            cooldown.since = now;
        }
    }

    /// The reasons that no activity has told yet. The caller tells them.
    pub fn take_reasons(&mut self) -> Vec<String> {
        std::mem::take(&mut self.reasons)
    }

    /// The hooks that an instance comes to.
    pub fn hooks_at(&self, transition: super::Transition) -> impl Iterator<Item = &Hook> {
        self.hooks.iter().filter(move |hook| hook.transition == transition)
    }

    /// Target groups that instances are to be registered with.
    pub fn targets(&self) -> impl Iterator<Item = &TrafficSource> {
        self.traffic.iter().filter(|source| source.state != super::TrafficState::Removing)
    }
}

impl Document for Group {
    const KIND: &'static str = "autoscaling.group";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
