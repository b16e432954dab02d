//! What is stored.

mod activity;
mod group;
mod hook;
mod launch;
mod launch_configuration;
mod letter;
mod lifecycle;
mod member;
mod policy;
mod process;
mod refresh;
mod scheduled;
mod termination;
mod traffic;
mod warm_pool;

pub(crate) use activity::{Activity, ActivityStatus};
pub(crate) use group::{Cooldown, DeletionProtection, Group, Maintenance, Tag, group_id};
pub(crate) use hook::{Hook, HookAction, HookResult, Transition, later};
pub(crate) use launch::{LaunchSource, MixedPolicy, Override, Resolved, TemplateRef};
pub(crate) use launch_configuration::{Device, LaunchConfiguration};
pub(crate) use letter::Letter;
pub(crate) use lifecycle::{Event, Phase};
pub(crate) use member::{Health, Market, Member};
pub(crate) use policy::{Adjustment, AdjustmentType, Policy, Query, QueryStat, Rule, Step, TrackedMetric, Tracking};
pub(crate) use process::Process;
pub(crate) use refresh::{Progress, Refresh, RefreshPreferences, RefreshStatus, Rollback};
pub(crate) use scheduled::ScheduledAction;
pub(crate) use termination::TerminationPolicy;
pub(crate) use traffic::{TrafficSource, TrafficState, is_classic};
pub(crate) use warm_pool::{PoolState, WarmPool};
