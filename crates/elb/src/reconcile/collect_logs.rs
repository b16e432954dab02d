//! `elb.access-logs`: what nodes logged is put where the balancer's attributes say. A node reaches nothing but its own
//! directory, so it writes below that, and what is finished is taken over from there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_balancer::config::Config;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt};

use super::Tools;
use crate::Elb;
use crate::model::{LoadBalancer, attributes};

/// Where a node logs, in its own directory.
const PLACE: &str = "access-logs";

pub struct CollectLogs {
    elb: Arc<Elb>,
    tools: Tools,
}

impl CollectLogs {
    pub fn new(elb: Arc<Elb>, tools: Tools) -> Self {
        Self { elb, tools }
    }
}

/// Lets the node log below its own directory.
pub fn keep_at_home(config: &mut Config) {
    if let Some(log) = &mut config.attributes.access_log {
        log.directory = PathBuf::from(PLACE);
    }
}

/// Where the balancer's logs belong, if it keeps any.
fn destination(balancer: &LoadBalancer, region: &str, buckets: &Path) -> Option<PathBuf> {
    attributes::node_attributes(balancer, region, buckets).access_log.map(|log| log.directory)
}

/// Takes over what there is.
pub async fn collect(elb: &Elb, tools: &Tools, balancer: &LoadBalancer) -> Result<(), Failure> {
    if let Some(to) = destination(balancer, &elb.region, &tools.buckets) {
        tools.driver.collect(&balancer.id, PLACE, &to).await?;
    }
    Ok(())
}

/// Ends the node, so that it finishes what it had begun to write, and takes that over.
pub async fn collect_last(elb: &Elb, tools: &Tools, balancer: &LoadBalancer) -> Result<(), Failure> {
    if destination(balancer, &elb.region, &tools.buckets).is_some() {
        tools.driver.end(&balancer.id).await?;
    }
    collect(elb, tools, balancer).await
}

#[async_trait]
impl Reconciler for CollectLogs {
    fn name(&self) -> &'static str {
        "elb.access-logs"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        if !self.tools.driver.runs() {
            return Ok(Vec::new());
        }
        let mut logging: Vec<LoadBalancer> = self.elb.store.list(&Filter::all())?;
        logging.retain(|balancer| destination(balancer, &self.elb.region, &self.tools.buckets).is_some());
        Ok(logging.into_iter().map(|balancer| balancer.arn).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        if let Some(balancer) = self.elb.store.get::<LoadBalancer>(key)? {
            collect(&self.elb, &self.tools, &balancer).await?;
        }
        Ok(Next::Settled)
    }
}
