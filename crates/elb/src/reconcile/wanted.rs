//! What a balancer's node should be told, gathered from the store.

use std::collections::BTreeMap;
use std::path::Path;

use freehold_balancer::config::Config;
use freehold_core::certificates::{Certificate, Certificates};
use freehold_store::{Error, Filter, StoreExt};

use crate::Elb;
use crate::classic::model as classic;
use crate::model::node_config::Around;
use crate::model::{Listener, LoadBalancer, Rule, TargetGroup, node_config};

/// The configuration as of the last commit, with revision 0.
pub fn config(
    elb: &Elb,
    balancer: &LoadBalancer,
    certificates: &dyn Certificates,
    buckets: &Path,
) -> Result<Config, Error> {
    let around = Around { region: &elb.region, now: elb.now(), buckets };
    if let Some(classic) = &balancer.classic {
        let presented = presented(classic.certificates(), balancer, certificates);
        return Ok(classic::node_config(balancer, classic, &presented, &around));
    }
    let listeners: Vec<Listener> = elb.store.list(&Filter::index(0, &balancer.arn))?;
    let rules: Vec<Rule> = elb.store.list(&Filter::index(1, &balancer.arn))?;
    let groups: Vec<TargetGroup> = elb.store.list(&Filter::account(&balancer.account))?;
    let presented = presented(listeners.iter().flat_map(|it| &it.certificates), balancer, certificates);
    Ok(node_config(balancer, &listeners, &rules, &groups, &presented, &around))
}

/// Those that exist, by their ARNs.
fn presented<'a>(
    arns: impl IntoIterator<Item = &'a String>,
    balancer: &LoadBalancer,
    certificates: &dyn Certificates,
) -> BTreeMap<String, Certificate> {
    let found = |arn: &String| Some((arn.clone(), certificates.pem(&balancer.account, arn)?));
    arns.into_iter().filter_map(found).collect()
}
