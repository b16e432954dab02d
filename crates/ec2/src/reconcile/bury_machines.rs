//! `ec2.burial`: a machine that no instance stands for is removed from the host. The instance is always written
//! before its machine is made, so that what is found here is the rest of something that was forgotten.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::StoreExt;

use crate::Ec2;
use crate::model::{Instance, InstanceState};

pub struct BuryMachines {
    ec2: Arc<Ec2>,
}

impl BuryMachines {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2 }
    }

    /// Machines of others than EC2 are none of our business.
    fn is_orphan(&self, machine: &str) -> Result<bool, Failure> {
        if !machine.starts_with("i-") {
            return Ok(false);
        }
        let instance: Option<Instance> = self.ec2.store.get(machine)?;
        Ok(instance.is_none_or(|instance| instance.state == InstanceState::Terminated))
    }
}

#[async_trait]
impl Reconciler for BuryMachines {
    fn name(&self) -> &'static str {
        "ec2.burial"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut orphans = Vec::new();
        for machine in self.ec2.driver.list().await? {
            if self.is_orphan(&machine)? {
                orphans.push(machine);
            }
        }
        Ok(orphans)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        if self.is_orphan(key)? {
            tracing::info!(machine = key, "removing a machine that belongs to no instance");
            self.ec2.driver.destroy(key).await?;
        }
        Ok(Next::Settled)
    }
}
