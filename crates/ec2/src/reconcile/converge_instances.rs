//! `ec2.instances`: drives each instance's machine to where its state wants it.
//!
//! | state | machine | step |
//! | --- | --- | --- |
//! | pending, without room yet | absent | nothing: Spot instances make room for it |
//! | pending | absent | the VPC is made, the machine created |
//! | pending | stopped | started, with the size that the instance has now |
//! | pending | running | the instance is `running` |
//! | running, stopped | any | its interfaces and their addresses are changed, where that was asked |
//! | stopping | running | its guest is asked to shut down; after the deadline it is killed |
//! | stopping | stopped | what it held for running is given back; `stopped` |
//! | shutting-down | running | as stopping |
//! | shutting-down | stopped, absent | destroyed, everything it held given back; `terminated` |
//! | terminated | absent | forgotten after an hour |

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::events::{EventSink, Unheard};
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_machine::{Error as MachineError, MachineState};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::{SignedDuration, Timestamp};

use super::Vpcs;
use super::tales::Tales;
use crate::addresses::detach_interface;
use crate::errors::{Error, Result};
use crate::lookup::by_index;
use crate::machine_spec::machine_spec;
use crate::metering::put_instance;
use crate::model::{AttachmentStatus, Event, Instance, InstanceState, NetworkInterface};
use crate::{Ec2, catalogue, release, rooms};

/// How long a terminated instance is shown (*EC2 user guide, Terminate Amazon EC2 instances*).
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);
/// A machine that cannot be made to run for this long will not be.
const LAUNCH_TIMEOUT: SignedDuration = SignedDuration::from_mins(2);
/// Longest pause between looks at a guest that shuts down; its exit is an event and ends the pause.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

pub struct ConvergeInstances {
    ec2: Arc<Ec2>,
    vpcs: Arc<Vpcs>,
    tales: Tales,
}

impl ConvergeInstances {
    pub fn new(ec2: Arc<Ec2>, vpcs: Arc<Vpcs>) -> Self {
        Self { ec2, vpcs, tales: Tales::new(Arc::new(Unheard)) }
    }

    /// Tells `sink` of each state that an instance comes to.
    pub fn telling(mut self, sink: Arc<dyn EventSink>) -> Self {
        self.tales = Tales::new(sink);
        self
    }

    async fn bring_up(&self, instance: &Instance) -> Result<Next, Failure> {
        let tried = match self.ec2.driver.state(&instance.id).await? {
            // It ran before: its disk should be there.
            MachineState::Absent if instance.launched => {
                return self.happened(instance, Event::Lost).await;
            }
            MachineState::Absent => self.create(instance).await,
            MachineState::Stopped => self.start(instance).await,
            MachineState::Running { .. } => {
                self.ec2.pin(&instance.id).await?;
                return self.happened(instance, Event::Booted).await;
            }
        };
        match tried {
            Ok(()) => Ok(Next::Again),
            Err(failure) if is_final(&failure) || self.ec2.now() > later(instance.begins(), LAUNCH_TIMEOUT) => {
                tracing::warn!(instance = %instance.id, %failure, "an instance cannot be launched");
                self.happened(instance, Event::Failed { launched: instance.launched }).await
            }
            Err(failure) => Err(failure),
        }
    }

    async fn create(&self, instance: &Instance) -> Result<(), Failure> {
        let spec = machine_spec(&mut self.ec2.committed(), instance)?;
        self.vpcs.ensure(&instance.vpc).await?;
        Ok(self.ec2.driver.create(&spec).await?)
    }

    async fn start(&self, instance: &Instance) -> Result<(), Failure> {
        self.vpcs.ensure(&instance.vpc).await?;
        if instance.launched
            && let Some(kind) = catalogue::find(&instance.instance_type)
        {
            let spec = machine_spec(&mut self.ec2.committed(), instance)?;
            self.ec2.driver.connect(&instance.id, &spec.interfaces).await?;
            self.ec2.driver.resize(&instance.id, &kind.resources()).await?;
        }
        // Nobody else may be on cores that are its own, nor it on those of others.
        self.ec2.settle_cores().await?;
        self.ec2.pin(&instance.id).await?;
        Ok(self.ec2.driver.start(&instance.id).await?)
    }

    /// `None` once the machine does not run.
    async fn halt(&self, instance: &Instance) -> Result<Option<Next>, Failure> {
        let driver = &self.ec2.driver;
        if !matches!(driver.state(&instance.id).await?, MachineState::Running { .. }) {
            return Ok(None);
        }
        let now = self.ec2.now();
        let left = instance.halt_deadline.map_or(SignedDuration::ZERO, |deadline| deadline.duration_since(now));
        if left <= SignedDuration::ZERO {
            driver.kill(&instance.id).await?;
            return Ok(Some(Next::After(Duration::from_millis(20))));
        }
        if !instance.halt_asked {
            driver.shut_down(&instance.id).await?;
            self.write(instance, |instance| instance.halt_asked = true).await?;
            return Ok(Some(Next::Again));
        }
        let left = Duration::try_from(left).unwrap_or(LOOK_AGAIN);
        Ok(Some(Next::After(left.min(LOOK_AGAIN))))
    }

    async fn stop(&self, instance: &Instance) -> Result<Next, Failure> {
        if let Some(next) = self.halt(instance).await? {
            return Ok(next);
        }
        self.ec2.ledger.release(&instance.id);
        let (id, now) = (instance.id.clone(), self.ec2.now());
        self.transact(move |tx| {
            let Some(mut instance) = tx.get::<Instance>(&id)? else { return Ok(()) };
            if instance.apply(Event::Halted, now).is_ok() && instance.state == InstanceState::Stopped {
                release::stopped(tx, &instance, now)?;
                rooms::leave(tx, &mut instance, now)?;
                tx.put(&instance)?;
            }
            Ok(())
        })
        .await
    }

    async fn terminate(&self, instance: &Instance) -> Result<Next, Failure> {
        if let Some(next) = self.halt(instance).await? {
            return Ok(next);
        }
        self.ec2.driver.destroy(&instance.id).await?;
        self.ec2.ledger.release(&instance.id);
        let (id, now) = (instance.id.clone(), self.ec2.now());
        self.transact(move |tx| {
            let Some(mut instance) = tx.get::<Instance>(&id)? else { return Ok(()) };
            if instance.apply(Event::Halted, now).is_ok() && instance.state == InstanceState::Terminated {
                release::terminated(tx, &instance, now)?;
                rooms::leave(tx, &mut instance, now)?;
                tx.put(&instance)?;
            }
            Ok(())
        })
        .await
    }

    async fn reboot(&self, instance: &Instance) -> Result<Next, Failure> {
        self.ec2.driver.reboot(&instance.id).await?;
        self.write(instance, |instance| instance.reboot_asked = false).await
    }

    /// Gives the machine the interfaces that the instance has now, and takes others away. Only then are they what
    /// their owner sees: attached, or free for someone else.
    async fn rewire(&self, instance: &Instance) -> Result<Next, Failure> {
        // A guest's addresses come with the plan.
        self.vpcs.ensure(&instance.vpc).await?;
        let there = machine_spec(&mut self.ec2.committed(), instance)?.interfaces;
        match self.ec2.driver.connect(&instance.id, &there).await {
            // Without a machine there is nothing to change; that it is gone is noticed elsewhere.
            Ok(()) | Err(MachineError::NoMachine(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let (id, asked, now) = (instance.id.clone(), instance.wiring.asked, self.ec2.now());
        self.transact(move |tx| {
            let Some(mut instance) = tx.get::<Instance>(&id)? else { return Ok(()) };
            for mut interface in by_index::<NetworkInterface>(tx, 2, &id)? {
                let is_there = there.iter().any(|wired| wired.eni == interface.id);
                let Some(attachment) = &mut interface.attachment else { continue };
                match attachment.status {
                    AttachmentStatus::Attaching if is_there => {
                        attachment.status = AttachmentStatus::Attached;
                        tx.put(&interface)?;
                    }
                    AttachmentStatus::Detaching if !is_there => detach_interface(tx, &mut interface, now)?,
                    _ => {}
                }
            }
            // What was asked meanwhile is still to be done.
            instance.wiring.done = asked;
            tx.put(&instance)?;
            Ok(())
        })
        .await
    }

    async fn forget(&self, instance: &Instance) -> Result<Next, Failure> {
        let id = instance.id.clone();
        self.transact(move |tx| Ok(tx.delete::<Instance>(&id).map(drop)?)).await
    }

    /// Writes that `event` happened, unless the instance has moved on so that it cannot have.
    async fn happened(&self, instance: &Instance, event: Event) -> Result<Next, Failure> {
        let now = self.ec2.now();
        self.write(instance, move |instance| {
            // Illegal now: someone asked for something else meanwhile, and that is looked at next.
            let _ = instance.apply(event, now);
        })
        .await
    }

    async fn write(
        &self,
        instance: &Instance,
        change: impl FnOnce(&mut Instance) + Send + 'static,
    ) -> Result<Next, Failure> {
        let (id, now) = (instance.id.clone(), self.ec2.now());
        self.transact(move |tx| {
            let Some(before) = tx.get::<Instance>(&id)? else { return Ok(()) };
            let mut after = before.clone();
            change(&mut after);
            if after != before {
                put_instance(tx, &before, &after, now)?;
            }
            Ok(())
        })
        .await
    }

    async fn transact(
        &self,
        change: impl FnOnce(&mut dyn Tx) -> Result<(), Error> + Send + 'static,
    ) -> Result<Next, Failure> {
        self.ec2.store.transact(change).await?;
        Ok(Next::Again)
    }

    fn is_forgotten(&self, instance: &Instance) -> bool {
        instance.terminated_at.is_none_or(|at| later(at, REMEMBERED) <= self.ec2.now())
    }
}

#[async_trait]
impl Reconciler for ConvergeInstances {
    fn name(&self) -> &'static str {
        "ec2.instances"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut keys = Vec::new();
        let unsettled =
            [InstanceState::Pending, InstanceState::Stopping, InstanceState::ShuttingDown].map(InstanceState::name);
        for work in unsettled.into_iter().chain([Instance::REBOOTING, Instance::REWIRING]) {
            let instances: Vec<Instance> = self.ec2.store.list(&Filter::index(2, work))?;
            keys.extend(instances.into_iter().map(|instance| instance.id));
        }
        let ended: Vec<Instance> = self.ec2.store.list(&Filter::index(2, InstanceState::Terminated.name()))?;
        keys.extend(ended.into_iter().filter(|instance| self.is_forgotten(instance)).map(|instance| instance.id));
        Ok(keys)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(instance) = self.ec2.store.get::<Instance>(key)? else { return Ok(Next::Settled) };
        // Whatever changes the state has the instance looked at again.
        self.tales.look(&instance, &self.ec2.region.name, self.ec2.now());
        match instance.state {
            // Its room is told of by a write, which has it looked at again.
            InstanceState::Pending if instance.awaits_room() => Ok(Next::After(self.period())),
            InstanceState::Pending => self.bring_up(&instance).await,
            InstanceState::Running if instance.reboot_asked => self.reboot(&instance).await,
            InstanceState::Running | InstanceState::Stopped if instance.wiring.is_pending() => {
                self.rewire(&instance).await
            }
            InstanceState::Stopping => self.stop(&instance).await,
            InstanceState::ShuttingDown => self.terminate(&instance).await,
            InstanceState::Terminated if self.is_forgotten(&instance) => self.forget(&instance).await,
            InstanceState::Running | InstanceState::Stopped | InstanceState::Terminated => Ok(Next::Settled),
        }
    }
}

/// Whether trying again would be in vain.
fn is_final(failure: &Failure) -> bool {
    matches!(
        failure.downcast_ref::<MachineError>(),
        Some(MachineError::Unsupported(_) | MachineError::NoImage(_) | MachineError::DiskFull(_))
    )
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
