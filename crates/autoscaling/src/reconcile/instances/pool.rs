//! Into the warm pool: stopped there, if that is what its instances are.

use std::sync::Arc;

use freehold_core::reconcile::{Failure, Next};

use super::SOON;
use crate::model::{ActivityStatus, Event, Group, Member, PoolState};
use crate::{AutoScaling, Fate, deeds};

pub(super) async fn enter(own: &Arc<AutoScaling>, group: &Group, member: &Member) -> Result<Next, Failure> {
    let Some(instance) = &member.instance else { return Ok(Next::Settled) };
    let now = own.now();
    let seen = own.world.instance(&member.account, instance).await?;
    let state = seen.as_ref().map_or("terminated", |seen| seen.state.as_str()).to_owned();
    let stopped = group.warm_pool.as_ref().is_some_and(|pool| pool.state == PoolState::Stopped);
    match (state.as_str(), stopped) {
        ("running", false) | ("stopped", true) => {}
        ("running", true) => {
            own.world.stop(&member.account, instance).await?;
            return Ok(Next::After(SOON));
        }
        ("stopped", false) => {
            own.world.start(&member.account, instance).await?;
            return Ok(Next::After(SOON));
        }
        ("pending" | "stopping", _) => return Ok(Next::After(SOON)),
        _ => {
            own.change_member(&member.key, move |tx, group, member| {
                let cause = crate::plan::sentences::unhealthy(now, crate::plan::sentences::Finding::NotRunning);
                deeds::doom(tx, group, member, cause, now)?;
                Ok(Fate::Keep)
            })
            .await?;
            return Ok(Next::Again);
        }
    }
    own.change_member(&member.key, move |tx, _, member| {
        if !member.apply(Event::Pooled { stopped }, now) {
            return Ok(Fate::Nothing);
        }
        deeds::finish(tx, member, ActivityStatus::Successful, None, now)?;
        Ok(Fate::Keep)
    })
    .await?;
    Ok(Next::Settled)
}
