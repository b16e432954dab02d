//! What a balancer's node should be told, gathered from the store.

use std::collections::BTreeMap;
use std::path::Path;

use freehold_balancer::config::Config;
use freehold_core::certificates::{Certificate, Certificates};
use freehold_store::{Error, Filter, StoreExt};

use crate::Elb;
use crate::model::node_config::Around;
use crate::model::{Listener, LoadBalancer, Rule, TargetGroup, node_config};

/// The configuration as of the last commit, with revision 0.
pub fn config(
    elb: &Elb,
    balancer: &LoadBalancer,
    certificates: &dyn Certificates,
    buckets: &Path,
) -> Result<Config, Error> {
    let listeners: Vec<Listener> = elb.store.list(&Filter::index(0, &balancer.arn))?;
    let rules: Vec<Rule> = elb.store.list(&Filter::index(1, &balancer.arn))?;
    let groups: Vec<TargetGroup> = elb.store.list(&Filter::account(&balancer.account))?;
    let presented: BTreeMap<String, Certificate> = listeners
        .iter()
        .flat_map(|listener| &listener.certificates)
        .filter_map(|arn| Some((arn.clone(), certificates.pem(&balancer.account, arn)?)))
        .collect();
    let around = Around { region: &elb.region, now: elb.now(), buckets };
    Ok(node_config(balancer, &listeners, &rules, &groups, &presented, &around))
}
