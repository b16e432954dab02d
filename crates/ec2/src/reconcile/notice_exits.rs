//! `ec2.exits`: an instance whose machine ended unasked (its guest powered off, or it died) is stopped or terminated,
//! as its shutdown behaviour says. One whose machine ended with the host is stopped, whatever it would have done itself: its
//! owner starts it again, with all that it had. One whose disk is gone is terminated.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_machine::MachineState;
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::{SignedDuration, Timestamp};

use super::make_images::is_interrupted;
use crate::Ec2;
use crate::errors::Error;
use crate::metering::put_instance;
use crate::model::{Event, Instance, InstanceState, ShutdownBehavior};

pub struct NoticeExits {
    ec2: Arc<Ec2>,
    /// When the host was booted.
    booted: Timestamp,
}

impl NoticeExits {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        let uptime = SignedDuration::try_from(freehold_machine::uptime()).unwrap_or_default();
        let booted = ec2.now().saturating_sub(uptime).unwrap_or(Timestamp::MIN);
        Self { ec2, booted }
    }

    async fn is_gone(&self, id: &str) -> Result<bool, Failure> {
        Ok(!matches!(self.ec2.driver.state(id).await?, MachineState::Running { .. }))
    }

    /// Whether a machine that was seen to be off was so for an image, or is on. An image that was done after the first look
    /// has left no trace but the machine, which was started before: only a second look can tell.
    async fn is_on_again(&self, id: &str, asked: Timestamp) -> Result<bool, Failure> {
        let Some(instance) = self.ec2.store.get::<Instance>(id)? else { return Ok(true) };
        Ok(is_interrupted(&mut self.ec2.committed(), &instance, asked)? || !self.is_gone(id).await?)
    }
}

#[async_trait]
impl Reconciler for NoticeExits {
    fn name(&self) -> &'static str {
        "ec2.exits"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut gone = Vec::new();
        for instance in self.ec2.store.list::<Instance>(&Filter::index(2, InstanceState::Running.name()))? {
            if self.is_gone(&instance.id).await? {
                gone.push(instance.id);
            }
        }
        Ok(gone)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let asked = self.ec2.now();
        let event = match self.ec2.driver.state(key).await? {
            MachineState::Running { .. } => return Ok(Next::Settled),
            MachineState::Stopped => None,
            MachineState::Absent => Some(Event::Lost),
        };
        if event.is_none() && self.is_on_again(key, asked).await? {
            return Ok(Next::Settled);
        }
        let (id, now, booted) = (key.to_owned(), self.ec2.now(), self.booted);
        self.ec2
            .store
            .transact(move |tx| {
                // Only one that should run: a stop or start that was asked meanwhile is handled elsewhere.
                let Some(before) = tx.get::<Instance>(&id)?.filter(|i| i.state == InstanceState::Running) else {
                    return Ok::<_, Error>(());
                };
                if event.is_none() && is_interrupted(tx, &before, asked)? {
                    return Ok(());
                }
                let event = event.unwrap_or_else(|| exited(&before, booted));
                let mut instance = before.clone();
                if instance.apply(event, now).is_ok() {
                    put_instance(tx, &before, &instance, now)?;
                }
                Ok(())
            })
            .await?;
        Ok(Next::Settled)
    }
}

/// What it means that the machine does not run. One from before the host's boot did not end by its own will.
fn exited(instance: &Instance, booted: Timestamp) -> Event {
    Event::Exited(if instance.launch_time < booted { ShutdownBehavior::Stop } else { instance.shutdown_behavior })
}
