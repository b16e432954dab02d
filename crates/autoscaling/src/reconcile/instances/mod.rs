//! `autoscaling.instances`: brings each instance that is on its way one step further. What is asked of EC2 is noted
//! before it is asked, under the client token that the launch bears, so that nothing is launched twice.

mod drain;
mod end;
mod join;
mod launch;
mod pool;
mod wait;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};

use crate::AutoScaling;
use crate::errors::Error;
use crate::model::{Group, Member, Phase};

pub(crate) struct Instances(pub Arc<AutoScaling>);

/// How soon to look again where nothing signals that something has changed.
const SOON: Duration = Duration::from_millis(500);

#[async_trait]
impl Reconciler for Instances {
    fn name(&self) -> &'static str {
        "autoscaling.instances"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let busy = self.0.store.list::<Member>(&Filter::index(2, "busy"))?;
        Ok(busy.into_iter().map(|member| member.key).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let own = &self.0;
        let Some(member) = own.store.get::<Member>(key)? else { return Ok(Next::Settled) };
        let Some(group) = own.store.get::<Group>(&member.group)? else {
            let key = member.key.clone();
            own.store.transact::<_, Error, _>(move |tx| Ok(tx.delete::<Member>(&key)?)).await?;
            return Ok(Next::Settled);
        };
        match member.phase {
            Phase::Pending => match &member.instance {
                None => launch::launch(own, &group, &member).await,
                Some(instance) => launch::await_running(own, &group, &member, instance).await,
            },
            Phase::PendingWait | Phase::TerminatingWait => wait::wait(own, &member).await,
            Phase::PendingProceed if member.warmed => pool::enter(own, &group, &member).await,
            Phase::PendingProceed => join::join(own, &group, &member).await,
            Phase::EnteringStandby => drain::rest(own, &member).await,
            Phase::Detaching => drain::detach(own, &member).await,
            Phase::Terminating => end::leave(own, &member).await,
            Phase::TerminatingProceed => end::end(own, &group, &member).await,
            Phase::InService | Phase::Standby | Phase::Running | Phase::Stopped => Ok(Next::Settled),
        }
    }
}
