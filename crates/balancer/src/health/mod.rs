//! Health checks: one task for each registered target, which probes it as its group says and tells what came of it.

mod machine;
mod matcher;
mod probe;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use tokio::task::JoinHandle;

use self::machine::{Machine, Outcome};
use self::probe::Probe;
use crate::config::{HealthCheck, Kind, ProtocolVersion};
use crate::functions::FunctionProbe;
use crate::http::date::now_millis;
use crate::snapshot::{Group, Live, Snapshot, Target, TargetKey};
use crate::status::State;

pub use machine::Failure;

/// The tasks under way. Aborted when their target goes or is checked in another way.
pub struct Checks {
    /// By which functions are asked.
    functions: Arc<PathBuf>,
    tasks: HashMap<TargetKey, (Plan, JoinHandle<()>)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Plan {
    check: HealthCheck,
    version: ProtocolVersion,
    kind: Kind,
    /// Of a target that is a function.
    function: Option<FunctionProbe>,
}

impl Checks {
    /// `functions`: the socket by which functions are asked.
    pub fn new(functions: PathBuf) -> Checks {
        Checks { functions: Arc::new(functions), tasks: HashMap::new() }
    }

    /// Starts and ends tasks so that there is one for each target of the snapshot that is to be checked, and gives all
    /// others the state that they have without. Must be called within a `LocalSet`.
    pub fn adapt(&mut self, view: &Snapshot) {
        let mut wanted = HashMap::new();
        for group in view.groups.values() {
            for target in &group.targets {
                target.live.starts_slowly(group.slow_start_seconds > 0);
                if let Some(plan) = plan(view, group, target) {
                    let key = TargetKey { group: group.arn.clone(), id: target.id.clone(), address: target.address };
                    wanted.insert(key, (plan, target.clone()));
                }
            }
        }
        self.tasks.retain(|key, (plan, task)| {
            let stays = wanted.get(key).is_some_and(|(wanted, _)| wanted == plan);
            if !stays {
                task.abort();
            }
            stays
        });
        let functions = &self.functions;
        for (key, (plan, target)) in wanted {
            self.tasks.entry(key).or_insert_with(|| {
                let task = tokio::task::spawn_local(check(plan.clone(), target, Arc::clone(functions)));
                (plan, task)
            });
        }
    }
}

/// How a target is to be checked, if it is.
fn plan(view: &Snapshot, group: &Group, target: &Target) -> Option<Plan> {
    match without_checks(view, group, target) {
        Some((state, reason, description)) => {
            target.live.set(state, reason, description, now_millis());
            None
        }
        None => {
            if matches!(target.live.state(), State::Unused | State::Draining | State::Unavailable) {
                begin(&target.live);
            }
            let probe = || FunctionProbe::new(&group.arn, &target.id, group.multi_value_headers);
            let function = group.is_function().then(probe);
            Some(Plan { check: group.health_check.clone(), version: group.version, kind: view.kind, function })
        }
    }
}

fn begin(live: &Live) {
    live.set(State::Initial, "Elb.RegistrationInProgress", "Target registration is in progress", now_millis());
}

/// *API reference, TargetHealth*: states that no check decides about.
fn without_checks(view: &Snapshot, group: &Group, target: &Target) -> Option<(State, &'static str, &'static str)> {
    let zone_is_enabled = view.addresses.is_empty()
        || target.zone == "all"
        || target.zone.is_empty()
        || view.addresses.iter().any(|(_, zone)| *zone == target.zone);
    if target.is_draining {
        Some((State::Draining, "Target.DeregistrationInProgress", "Target deregistration is in progress"))
    } else if !group.is_used {
        let why = "Target group is not configured to receive traffic from the load balancer";
        Some((State::Unused, "Target.NotInUse", why))
    } else if !zone_is_enabled {
        let why = "Target is in an Availability Zone that is not enabled for the load balancer";
        Some((State::Unused, "Target.NotInUse", why))
    } else if !group.health_check.enabled {
        Some((State::Unavailable, "Target.HealthCheckDisabled", "Health checks are not enabled for this target"))
    } else {
        None
    }
}

async fn check(plan: Plan, target: Arc<Target>, functions: Arc<PathBuf>) {
    let probe = Probe::new(&plan.check, plan.version, plan.kind);
    let address = SocketAddr::new(target.address.ip(), plan.check.port.unwrap_or(target.address.port()));
    let interval = Duration::from_secs(plan.check.interval_seconds.max(1).into());
    let limit = Duration::from_secs(plan.check.timeout_seconds.max(1).into());
    let mut machine = Machine::new(target.live.state(), plan.check.healthy_threshold, plan.check.unhealthy_threshold);
    // Not all at the same moment.
    tokio::time::sleep(Duration::from_millis(rand::rng().random_range(0..50))).await;
    let mut due = tokio::time::interval(interval);
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        if target.live.state() == State::Initial {
            let why = "Initial health checks in progress";
            target.live.set(State::Initial, "Elb.InitialHealthChecking", why, now_millis());
        }
        let probing = async {
            match &plan.function {
                Some(function) => probe.ask(function, &functions).await,
                None => Some(probe.run(address).await),
            }
        };
        let outcome = match tokio::time::timeout(limit, probing).await {
            Ok(Some(outcome)) => outcome,
            // Nobody knows: the region, which runs functions, is away.
            Ok(None) => continue,
            Err(_) => Outcome::Failed(Failure::Timeout),
        };
        if let Outcome::Passed = outcome {
            target.live.is_reachable();
        }
        machine = machine.after(&outcome);
        let (reason, description) = match (&machine.state, &outcome) {
            (State::Unhealthy, Outcome::Failed(failure)) => (failure.reason(), failure.description()),
            // It is on its way up; why it is still unhealthy has been said.
            (State::Unhealthy, Outcome::Passed) => continue,
            (State::Initial, _) => continue,
            _ => ("", String::new()),
        };
        target.live.set(machine.state, reason, &description, now_millis());
    }
}
