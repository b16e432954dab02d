//! `autoscaling.traffic`: target groups and classic load balancers that are attached get the instances that serve already, and those that are
//! detached lose them. Instances that begin or cease to serve see to it themselves.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt};

use crate::model::{Group, Member, Phase, Process, TrafficSource, TrafficState};
use crate::world::TargetState;
use crate::{AutoScaling, Fate};

pub(crate) struct Traffic(pub Arc<AutoScaling>);

/// How soon to look at targets again.
const SOON: Duration = Duration::from_secs(1);

#[async_trait]
impl Reconciler for Traffic {
    fn name(&self) -> &'static str {
        "autoscaling.traffic"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let groups = self.0.store.list::<Group>(&Filter::all())?.into_iter();
        Ok(groups.filter(|group| unsettled(group).is_some()).map(|group| group.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(group) = self.0.store.get::<Group>(key)? else { return Ok(Next::Settled) };
        let members: Vec<Member> = self.0.members(key)?;
        let mut waits = false;
        for source in group.traffic.iter().filter(|source| is_unsettled(source)) {
            match self.bring(&group, source, &members).await? {
                Some(state) => {
                    self.note(&group, &source.arn, state).await?;
                    return Ok(Next::Again);
                }
                None => waits = true,
            }
        }
        Ok(if waits { Next::After(SOON) } else { Next::Settled })
    }
}

fn is_unsettled(source: &TrafficSource) -> bool {
    source.state != TrafficState::InService
}

fn unsettled(group: &Group) -> Option<&TrafficSource> {
    group.traffic.iter().find(|source| is_unsettled(source))
}

/// What is noted of a target group.
enum Noted {
    State(TrafficState),
    Gone,
}

impl Traffic {
    /// Does what is to be done for one target group; `None` where it is to be waited for.
    async fn bring(&self, group: &Group, source: &TrafficSource, members: &[Member]) -> Result<Option<Noted>, Failure> {
        let world = &self.0.world;
        let health = world.health(&group.account, &source.arn).await?;
        if source.state == TrafficState::Removing {
            let mut left = false;
            for instance in members.iter().filter_map(|member| member.instance.as_deref()) {
                match health.get(instance) {
                    None => {}
                    Some(TargetState::Draining) => left = true,
                    Some(_) => {
                        world.deregister(&group.account, &source.arn, instance).await?;
                        left = true;
                    }
                }
            }
            return Ok((!left).then_some(Noted::Gone));
        }
        if source.state == TrafficState::Adding && !group.is_suspended(Process::AddToLoadBalancer) {
            for member in members.iter().filter(|member| member.phase == Phase::InService) {
                if let Some(instance) = member.instance.as_deref().filter(|id| !health.contains_key(*id)) {
                    match world.register(&group.account, &source.arn, instance).await {
                        // It does not exist any more: only its owner can take it off the group.
                        Err(error) if matches!(&*error.code, "TargetGroupNotFound" | "LoadBalancerNotFound") => {
                            return Ok(None);
                        }
                        registered => registered?,
                    }
                }
                let arn = source.arn.clone();
                if !member.registered.contains(&arn) {
                    self.0
                        .change_member(&member.key, move |_, _, member| {
                            member.registered.insert(arn);
                            Ok(Fate::Keep)
                        })
                        .await?;
                }
            }
            return Ok(Some(Noted::State(TrafficState::Added)));
        }
        let is_well = |member: &Member| {
            let state = member.instance.as_ref().and_then(|id| health.get(id));
            member.phase == Phase::InService && state == Some(&TargetState::Healthy)
        };
        Ok(members.iter().any(is_well).then_some(Noted::State(TrafficState::InService)))
    }

    async fn note(&self, group: &Group, arn: &str, noted: Noted) -> Result<(), Failure> {
        let arn = arn.to_owned();
        self.0
            .change_group(&group.account, &group.name, move |_, group| {
                match noted {
                    Noted::State(state) => {
                        let found = group.traffic.iter_mut().find(|source| source.arn == arn);
                        // Detached meanwhile.
                        if let Some(source) = found.filter(|source| source.state != TrafficState::Removing) {
                            source.state = state;
                        }
                    }
                    Noted::Gone => {
                        group.traffic.retain(|source| source.arn != arn || source.state != TrafficState::Removing);
                    }
                }
                Ok(())
            })
            .await?;
        Ok(())
    }
}
