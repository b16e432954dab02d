//! `autoscaling.health`: what EC2 and target groups say of instances in service. An instance that does not run is found
//! by the signal of its row; what else may be wrong counts when its grace period is over (*User guide, Health checks*).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt};

use crate::model::{Group, Health, Market, Member, Phase, Process, later};
use crate::plan::sentences::{self, Finding};
use crate::world::{Seen, TargetState};
use crate::{AutoScaling, Fate};

pub(crate) struct CheckHealth(pub Arc<AutoScaling>);

/// How often target groups are asked.
const ELB_PERIOD: Duration = Duration::from_secs(1);

#[async_trait]
impl Reconciler for CheckHealth {
    fn name(&self) -> &'static str {
        "autoscaling.health"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// Groups with instances in service.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut groups: Vec<String> = Vec::new();
        for member in self.0.store.list::<Member>(&Filter::all())? {
            if is_checked(&member) && !groups.contains(&member.group) {
                groups.push(member.group);
            }
        }
        Ok(groups)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let own = &self.0;
        let Some(group) = own.store.get::<Group>(key)? else { return Ok(Next::Settled) };
        if group.deleting || group.is_suspended(Process::HealthCheck) {
            return Ok(Next::Settled);
        }
        let checked: Vec<Member> = own.members(key)?.into_iter().filter(is_checked).collect();
        let seen = own.world.instances(&group.account, &group.name).await?;
        let running = seen.values().filter(|one| one.is_running()).map(|one| one.id.clone()).collect();
        let impaired = own.world.impaired(&group.account, running).await?;
        let unhealthy = unhealthy_targets(own, &group).await?;
        for member in checked {
            if let Some(finding) = self.finding(&group, &member, &seen, &impaired, &unhealthy) {
                self.mark(&member.key, finding).await?;
            }
        }
        if group.capacity_rebalance {
            self.note_risks(&group, key).await?;
        }
        let polls = group.elb_health && group.targets().next().is_some();
        Ok(if polls { Next::After(ELB_PERIOD) } else { Next::Settled })
    }
}

/// In service or warm, and not known to be sick.
fn is_checked(member: &Member) -> bool {
    let serves = matches!(member.phase, Phase::InService | Phase::Running | Phase::Stopped);
    serves && member.health == Health::Healthy && member.instance.is_some()
}

async fn unhealthy_targets(own: &AutoScaling, group: &Group) -> Result<HashSet<String>, Failure> {
    let mut unhealthy = HashSet::new();
    if group.elb_health {
        for source in group.targets() {
            let states: HashMap<_, _> = match own.world.health(&group.account, &source.arn).await {
                // Who is asked about targets cannot tell, which is no fault of theirs.
                Err(error) if error.code == "HealthUnavailable" => continue,
                states => states?,
            };
            unhealthy
                .extend(states.into_iter().filter(|(_, state)| *state == TargetState::Unhealthy).map(|(id, _)| id));
        }
    }
    Ok(unhealthy)
}

impl CheckHealth {
    fn finding(
        &self,
        group: &Group,
        member: &Member,
        seen: &HashMap<String, Seen>,
        impaired: &HashSet<String>,
        unhealthy: &HashSet<String>,
    ) -> Option<Finding> {
        let instance = member.instance.as_deref()?;
        let state = seen.get(instance).map_or("terminated", |seen| seen.state.as_str());
        let is_as_it_should_be = match member.phase {
            Phase::Stopped => matches!(state, "stopped" | "stopping"),
            _ => matches!(state, "running" | "pending"),
        };
        if !is_as_it_should_be {
            return Some(Finding::NotRunning);
        }
        let since = member.in_service_since?;
        if self.0.now() < later(since, group.grace_period) || member.phase != Phase::InService {
            return None;
        }
        if impaired.contains(instance) {
            return Some(Finding::Impaired);
        }
        unhealthy.contains(instance).then_some(Finding::Elb)
    }

    /// Notes for which instances EC2 recommends that they be replaced.
    async fn note_risks(&self, group: &Group, key: &str) -> Result<(), Failure> {
        let own = &self.0;
        let members: Vec<Member> = own.members(key)?.into_iter().filter(is_checked).collect();
        if members.iter().all(|member| member.market == Market::OnDemand) {
            return Ok(());
        }
        let at_risk = own.world.at_risk(&group.account, &group.name).await?;
        let is_new = |one: &&Member| !one.at_risk && one.instance.as_ref().is_some_and(|id| at_risk.contains(id));
        for member in members.iter().filter(is_new) {
            let noted = own.change_member(&member.key, |_, _, member| {
                member.at_risk = true;
                Ok(Fate::Keep)
            });
            noted.await?;
        }
        Ok(())
    }

    async fn mark(&self, key: &str, finding: Finding) -> Result<(), Failure> {
        let now = self.0.now();
        self.0
            .change_member(key, move |tx, group, member| {
                if !is_checked(member) {
                    return Ok(Fate::Nothing);
                }
                member.health = Health::Unhealthy;
                let sickness = sentences::unhealthy(now, finding);
                // In the pool nobody waits for it, so that it is replaced at once.
                if member.warmed {
                    crate::deeds::doom(tx, group, member, sickness.clone(), now)?;
                }
                member.sickness = Some(sickness);
                Ok(Fate::Keep)
            })
            .await?;
        Ok(())
    }
}
