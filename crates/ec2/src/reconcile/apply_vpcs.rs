//! `ec2.vpcs`: every VPC with interfaces is on the host as its plan says; others are not there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_machine::DriverKind;
use freehold_machine::net::plan::VpcPlan;
use freehold_store::{Filter, StoreExt};

use super::vpc_plan::plan;
use crate::Ec2;
use crate::errors::Result;
use crate::model::Vpc;

/// What this process has made of the VPCs. A launch applies its VPC itself, so as not to wait for the reconciler.
pub struct Vpcs {
    ec2: Arc<Ec2>,
    applied: Mutex<HashMap<String, VpcPlan>>,
    /// One application at a time: each is whole, and the later one must win.
    turn: tokio::sync::Mutex<()>,
}

impl Vpcs {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2, applied: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// Makes the VPC what is stored now, unless it is that already.
    pub async fn ensure(&self, vpc: &str) -> Result<(), Failure> {
        if self.ec2.driver.kind() == DriverKind::None {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let Some(plan) = self.wanted(vpc)? else {
            self.ec2.network.remove(vpc).await?;
            self.lock().remove(vpc);
            return Ok(());
        };
        if self.lock().get(vpc) == Some(&plan) {
            return Ok(());
        }
        // Until this has succeeded nobody knows what is there.
        self.lock().remove(vpc);
        self.ec2.network.apply(&plan).await?;
        self.lock().insert(plan.vpc.clone(), plan);
        Ok(())
    }

    fn wanted(&self, vpc: &str) -> Result<Option<VpcPlan>> {
        let mut store = self.ec2.committed();
        let vpc: Option<Vpc> = self.ec2.store.get(vpc)?;
        vpc.map_or(Ok(None), |vpc| plan(&mut store, &vpc))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, VpcPlan>> {
        self.applied.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct ApplyVpcs(Arc<Vpcs>);

impl ApplyVpcs {
    pub fn new(vpcs: Arc<Vpcs>) -> Self {
        Self(vpcs)
    }
}

#[async_trait]
impl Reconciler for ApplyVpcs {
    fn name(&self) -> &'static str {
        "ec2.vpcs"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let Self(vpcs) = self;
        let mut pending = Vec::new();
        let known: Vec<Vpc> = vpcs.ec2.store.list(&Filter::default())?;
        for vpc in &known {
            let wanted = plan(&mut vpcs.ec2.committed(), vpc)?;
            if wanted.as_ref() != vpcs.lock().get(&vpc.id) {
                pending.push(vpc.id.clone());
            }
        }
        // What is on the host and is not wanted: of deleted VPCs, or left by an earlier process.
        for there in vpcs.ec2.network.list().await? {
            if !pending.contains(&there) && vpcs.wanted(&there)?.is_none() {
                pending.push(there);
            }
        }
        Ok(pending)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        self.0.ensure(key).await?;
        Ok(Next::Settled)
    }
}
