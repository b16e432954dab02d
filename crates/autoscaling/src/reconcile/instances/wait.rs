//! Held by hooks: until all have let it go, by an answer or because nobody answered in time.

use std::sync::Arc;

use freehold_core::reconcile::{Failure, Next};

use super::super::until;
use crate::model::{ActivityStatus, Event, HookResult, Member, Phase};
use crate::plan::sentences;
use crate::{AutoScaling, Fate, deeds};

pub(super) async fn wait(own: &Arc<AutoScaling>, member: &Member) -> Result<Next, Failure> {
    let now = own.now();
    if member.verdict(now).is_none() {
        let next = member.actions.iter().filter(|action| action.answer.is_none()).map(|action| action.deadline).min();
        return Ok(next.map_or(Next::Settled, |moment| Next::After(until(moment, now))));
    }
    own.change_member(&member.key, move |tx, group, member| {
        if !member.phase.is_waiting() {
            return Ok(Fate::Nothing);
        }
        let Some(verdict) = member.verdict(now) else { return Ok(Fate::Nothing) };
        if verdict == HookResult::Abandon && member.phase == Phase::PendingWait {
            let message = "Lifecycle Action was completed with ABANDON Result";
            deeds::finish(tx, member, ActivityStatus::Cancelled, Some(message.to_owned()), now)?;
            let cause = sentences::at(
                now,
                "an instance was taken out of service in response to a lifecycle action that was abandoned",
            );
            deeds::doom(tx, group, member, cause, now)?;
            return Ok(Fate::Keep);
        }
        member.apply(Event::Released, now);
        deeds::advance(tx, member, ActivityStatus::InProgress, 70)?;
        Ok(Fate::Keep)
    })
    .await?;
    Ok(Next::Again)
}
