//! The end of an instance: out of its target groups, past the hooks, terminated; or back into the warm pool.

use std::sync::Arc;

use freehold_core::reconcile::{Failure, Next};

use super::{SOON, drain};
use crate::deeds::{self, Notice};
use crate::model::{ActivityStatus, Event, Group, Health, Member, Phase, Transition};
use crate::{AutoScaling, Fate};

/// `Terminating`: until it receives no more traffic.
pub(super) async fn leave(own: &Arc<AutoScaling>, member: &Member) -> Result<Next, Failure> {
    let now = own.now();
    if member.instance.is_none() {
        return find(own, member).await;
    }
    if let Some(next) = drain::drain(own, member).await? {
        return Ok(next);
    }
    own.change_member(&member.key, move |tx, group, member| {
        let hooked = !member.forced && group.hooks_at(Transition::Terminating).next().is_some();
        if !member.apply(Event::Drained { hooked }, now) {
            return Ok(Fate::Nothing);
        }
        member.registered.clear();
        if hooked {
            deeds::hold(tx, group, member, Transition::Terminating, now)?;
            deeds::advance(tx, member, ActivityStatus::MidLifecycleAction, 60)?;
        }
        Ok(Fate::Keep)
    })
    .await?;
    Ok(Next::Again)
}

/// It was to end before anybody knew whether it was launched.
async fn find(own: &Arc<AutoScaling>, member: &Member) -> Result<Next, Failure> {
    let now = own.now();
    let found = own.world.launched(&member.account, &member.key).await?;
    own.change_member(&member.key, move |tx, _, member| {
        if member.instance.is_some() {
            return Ok(Fate::Nothing);
        }
        match found {
            Some(seen) => {
                member.instance = Some(seen.id);
                Ok(Fate::Keep)
            }
            None => {
                deeds::finish(tx, member, ActivityStatus::Cancelled, None, now)?;
                Ok(Fate::Remove)
            }
        }
    })
    .await?;
    Ok(Next::Again)
}

/// `Terminating:Proceed`: until EC2 says that it is terminated.
pub(super) async fn end(own: &Arc<AutoScaling>, group: &Group, member: &Member) -> Result<Next, Failure> {
    let Some(instance) = &member.instance else { return find(own, member).await };
    let (now, seen) = (own.now(), own.world.instance(&member.account, instance).await?);
    let lives = seen.as_ref().is_some_and(|seen| !seen.is_ending());
    let pool = group.warm_pool.as_ref().filter(|pool| pool.reuse && !pool.deleting && !group.deleting);
    if lives && member.reusable && member.health == Health::Healthy && pool.is_some() {
        own.change_member(&member.key, move |_, _, member| {
            Ok(if member.apply(Event::Reused, now) { Fate::Keep } else { Fate::Nothing })
        })
        .await?;
        return Ok(Next::Again);
    }
    if lives {
        own.world.terminate(&member.account, instance).await?;
        return Ok(Next::After(SOON));
    }
    if seen.is_some_and(|seen| seen.state != "terminated") {
        return Ok(Next::After(SOON));
    }
    own.change_member(&member.key, move |tx, group, member| {
        if member.phase != Phase::TerminatingProceed {
            return Ok(Fate::Nothing);
        }
        let activity = deeds::finish(tx, member, ActivityStatus::Successful, None, now)?;
        deeds::notify(tx, group, Notice::Terminate, activity.as_ref(), member, now)?;
        group.note_scaled(now);
        Ok(Fate::Remove)
    })
    .await?;
    Ok(Next::Settled)
}
