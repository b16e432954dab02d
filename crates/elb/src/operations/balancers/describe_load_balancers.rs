//! DescribeLoadBalancers.

use std::sync::Arc;

use freehold_api::elbv2::{DescribeLoadBalancersInput, DescribeLoadBalancersOutput};
use freehold_balancer::config::Kind;
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::LoadBalancer;
use crate::operations::pages;

/// *DescribeLoadBalancers: LoadBalancerArns: up to 20*.
const MOST_NAMED: usize = 20;

pub(super) async fn describe_load_balancers(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeLoadBalancersInput,
) -> Result<DescribeLoadBalancersOutput, freehold_wire::Error> {
    let arns = input.load_balancer_arns.unwrap_or_default();
    let names = input.names.unwrap_or_default();
    let found = find(&elb, call.account(), &arns, &names)?;
    let parts: Vec<&str> = arns.iter().chain(&names).map(String::as_str).collect();
    let (page, next_marker) = pages::cut(&call, found, &parts, input.marker, input.page_size, |it| &it.arn)?;
    let shown = page.iter().map(|balancer| view::balancer(balancer, &call.region)).collect();
    Ok(DescribeLoadBalancersOutput { load_balancers: Some(shown), next_marker })
}

fn find(elb: &Elb, account: &str, arns: &[String], names: &[String]) -> Result<Vec<LoadBalancer>, Error> {
    if !arns.is_empty() && !names.is_empty() {
        return Err(Error::invalid("Load balancer names and load balancer ARNs cannot be specified at the same time"));
    }
    if arns.len().max(names.len()) > MOST_NAMED {
        return Err(Error::invalid(format!("Up to {MOST_NAMED} load balancers can be described in a single call")));
    }
    if !arns.is_empty() {
        return arns.iter().map(|arn| elb.find::<LoadBalancer>(account, arn)).collect();
    }
    let mut all = elb.store.list::<LoadBalancer>(&Filter::account(account))?;
    all.retain(|balancer| !balancer.deleted && balancer.kind != Kind::Classic);
    if names.is_empty() {
        return Ok(all);
    }
    all.retain(|balancer| names.contains(&balancer.name));
    let missing: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| !all.iter().any(|found| found.name == *name)).collect();
    if missing.is_empty() { Ok(all) } else { Err(Error::LoadBalancersNotFound(missing.join(", "))) }
}
