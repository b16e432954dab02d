//! What makes balancers true: interfaces in their subnets, a node with its configuration, names, and what is told of
//! them.

mod collect_logs;
mod converge_balancers;
mod follow_instances;
mod follow_targets;
mod gateways;
mod interfaces;
mod meter_capacity;
mod node;
mod publish_names;
mod read_status;
mod report_metrics;
mod resolve_names;
mod wanted;

use std::path::PathBuf;
use std::sync::Arc;

use freehold_core::certificates::Certificates;
use freehold_core::metrics::Metrics;
use freehold_core::reconcile::Reconcilers;
use freehold_machine::net::hosts_file::HostsFile;
use freehold_machine::node::NodeDriver;
use freehold_store::Document;

use crate::Elb;
use crate::model::{Listener, LoadBalancer, Rule, TargetGroup};

pub use collect_logs::CollectLogs;
pub use converge_balancers::ConvergeBalancers;
pub use follow_instances::FollowInstances;
pub use follow_targets::FollowTargets;
pub use meter_capacity::MeterCapacity;
pub use publish_names::PublishNames;
pub use read_status::ReadStatus;
pub use report_metrics::ReportMetrics;
pub use resolve_names::ResolveNames;

/// Rows of EC2's that say whether a target's instance is there.
const INSTANCES: &str = "ec2.instance";

/// What the reconcilers work with.
#[derive(Clone)]
pub struct Tools {
    pub driver: Arc<dyn NodeDriver>,
    pub certificates: Arc<dyn Certificates>,
    pub metrics: Arc<dyn Metrics>,
    /// Below it a directory stands for each bucket that access logs go to.
    pub buckets: PathBuf,
    /// Where names are written down for the host; `None`: nowhere.
    pub hosts: Option<HostsFile>,
}

/// Starts them all. Must be called inside a tokio runtime.
pub fn start(elb: &Arc<Elb>, tools: Tools, reconcilers: &Reconcilers) {
    let watch = |kind: &str| elb.store.watch(kind);
    let hosts = tools.hosts.clone();
    let logs = CollectLogs::new(Arc::clone(elb), tools.clone());
    let metrics = ReportMetrics::new(Arc::clone(elb), tools.clone());
    let mut wake: Vec<_> =
        [LoadBalancer::KIND, Listener::KIND, Rule::KIND, TargetGroup::KIND].into_iter().map(watch).collect();
    // Of Certificate Manager's rows: a certificate that is imported anew is presented at once.
    wake.push(watch("acm.certificate"));
    wake.push(tools.driver.exits());
    reconcilers.spawn(ConvergeBalancers::new(Arc::clone(elb), tools), wake);
    let wake = vec![watch(TargetGroup::KIND), watch(INSTANCES)];
    reconcilers.spawn(FollowTargets::new(Arc::clone(elb)), wake);
    let wake = vec![watch(LoadBalancer::KIND), watch(INSTANCES)];
    reconcilers.spawn(FollowInstances::new(Arc::clone(elb)), wake);
    reconcilers.spawn(metrics, Vec::new());
    reconcilers.spawn(MeterCapacity::new(Arc::clone(elb)), Vec::new());
    reconcilers.spawn(logs, Vec::new());
    if let Some(hosts) = hosts {
        reconcilers.spawn(PublishNames::new(Arc::clone(elb), hosts), vec![watch(LoadBalancer::KIND)]);
    }
}

#[cfg(test)]
mod tests;
