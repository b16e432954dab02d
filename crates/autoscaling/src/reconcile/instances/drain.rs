//! Out of the target groups: deregistered, and connections that it has are let end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use freehold_core::reconcile::{Failure, Next};
use freehold_store::StoreExt;

use crate::model::{ActivityStatus, Event, Group, Member, Phase};
use crate::world::TargetState;
use crate::{AutoScaling, Fate, deeds};

/// How soon to look whether connections have ended.
const DRAINING: Duration = Duration::from_secs(1);

/// Takes the instance out of its target groups; tells whether it is out of all. One that does not run has no connections
/// to wait for.
pub(super) async fn drain(own: &Arc<AutoScaling>, member: &Member) -> Result<Option<Next>, Failure> {
    let Some(instance) = &member.instance else { return Ok(None) };
    let group = own.store.get::<Group>(&member.group)?;
    let attached = group.iter().flat_map(|group| group.traffic.iter().map(|source| source.arn.clone()));
    let all: BTreeSet<String> = member.registered.iter().cloned().chain(attached).collect();
    let mut is_draining = false;
    for arn in all {
        let health = match own.world.health(&member.account, &arn).await {
            // Its balancer has failed, so that nothing of it can be known and nothing has to be waited for.
            Err(error) if error.code == "HealthUnavailable" => {
                own.world.deregister(&member.account, &arn, instance).await?;
                continue;
            }
            health => health?,
        };
        match health.get(instance) {
            None => {}
            Some(TargetState::Draining) => is_draining = true,
            Some(_) => {
                own.world.deregister(&member.account, &arn, instance).await?;
                return Ok(Some(Next::Again));
            }
        }
    }
    if !is_draining || member.forced {
        return Ok(None);
    }
    let runs = own.world.instance(&member.account, instance).await?.is_some_and(|seen| seen.is_running());
    if !runs {
        return Ok(None);
    }
    if member.phase == Phase::Terminating && member.activity.is_some() {
        tell_of_draining(own, member).await?;
    }
    Ok(Some(Next::After(DRAINING)))
}

async fn tell_of_draining(own: &Arc<AutoScaling>, member: &Member) -> Result<(), Failure> {
    let status = ActivityStatus::WaitingForELBConnectionDraining;
    let Some(id) = member.activity.clone() else { return Ok(()) };
    let told = own.store.get::<crate::model::Activity>(&id)?.is_none_or(|activity| activity.status == status);
    if !told {
        own.change_member(&member.key, move |tx, _, member| {
            deeds::advance(tx, member, status, 50)?;
            Ok(Fate::Nothing)
        })
        .await?;
    }
    Ok(())
}

/// To standby.
pub(super) async fn rest(own: &Arc<AutoScaling>, member: &Member) -> Result<Next, Failure> {
    if let Some(next) = drain(own, member).await? {
        return Ok(next);
    }
    let now = own.now();
    own.change_member(&member.key, move |tx, _, member| {
        if !member.apply(Event::Drained { hooked: false }, now) {
            return Ok(Fate::Nothing);
        }
        member.registered.clear();
        deeds::finish(tx, member, ActivityStatus::Successful, None, now)?;
        Ok(Fate::Keep)
    })
    .await?;
    Ok(Next::Settled)
}

/// Out of the group, to run on by itself.
pub(super) async fn detach(own: &Arc<AutoScaling>, member: &Member) -> Result<Next, Failure> {
    if let Some(next) = drain(own, member).await? {
        return Ok(next);
    }
    if let Some(instance) = &member.instance {
        own.world.unmark(&member.account, instance).await?;
    }
    let now = own.now();
    own.change_member(&member.key, move |tx, _, member| {
        if member.phase != Phase::Detaching {
            return Ok(Fate::Nothing);
        }
        deeds::finish(tx, member, ActivityStatus::Successful, None, now)?;
        Ok(Fate::Remove)
    })
    .await?;
    Ok(Next::Settled)
}
