//! Into service: registered with the group's target groups first.

use std::sync::Arc;

use freehold_core::reconcile::{Failure, Next};
use freehold_wire::Fault;

use super::launch;
use crate::deeds::{self, Notice};
use crate::model::{ActivityStatus, Event, Group, Member, Process};
use crate::{AutoScaling, Fate};

pub(super) async fn join(own: &Arc<AutoScaling>, group: &Group, member: &Member) -> Result<Next, Failure> {
    let Some(instance) = member.instance.clone() else { return Ok(Next::Settled) };
    if !group.is_suspended(Process::AddToLoadBalancer)
        && let Some(source) = group.targets().find(|source| !member.registered.contains(&source.arn))
    {
        let arn = source.arn.clone();
        // Registering again is no harm, and what is not noted yet is looked for when the instance goes.
        match own.world.register(&member.account, &arn, &instance).await {
            Err(error) if error.fault == Fault::Sender => {
                let message = format!("{} Validating load balancer configuration failed.", error.message);
                return launch::give_up(own, member, message).await;
            }
            registered => registered?,
        }
        own.change_member(&member.key, move |_, _, member| {
            member.registered.insert(arn);
            Ok(Fate::Keep)
        })
        .await?;
        return Ok(Next::Again);
    }
    let now = own.now();
    own.change_member(&member.key, move |tx, group, member| {
        let is_back = member.in_service_since.is_some();
        if !member.apply(Event::Joined, now) {
            return Ok(Fate::Nothing);
        }
        let activity = deeds::finish(tx, member, ActivityStatus::Successful, None, now)?;
        if !is_back {
            deeds::notify(tx, group, Notice::Launch, activity.as_ref(), member, now)?;
        }
        group.note_scaled(now);
        Ok(Fate::Keep)
    })
    .await?;
    Ok(Next::Settled)
}
