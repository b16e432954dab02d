//! DescribeTargetGroups: all, those of a balancer, or those that are named.

use std::sync::Arc;

use freehold_api::elbv2::{DescribeTargetGroupsInput, DescribeTargetGroupsOutput};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::{LoadBalancer, TargetGroup, Uses};
use crate::operations::pages;

pub(super) async fn describe_target_groups(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeTargetGroupsInput,
) -> Result<DescribeTargetGroupsOutput, freehold_wire::Error> {
    let arns = input.target_group_arns.unwrap_or_default();
    let names = input.names.unwrap_or_default();
    let uses = Uses::of(&*elb.store, call.account()).map_err(Error::from)?;
    let ways = [input.load_balancer_arn.is_some(), !arns.is_empty(), !names.is_empty()];
    if ways.into_iter().filter(|way| *way).count() > 1 {
        let why = "You can specify one of a load balancer ARN, target group ARNs and target group names";
        return Err(Error::invalid(why).into());
    }
    let found = match input.load_balancer_arn.as_deref() {
        Some(balancer) => {
            let balancer: LoadBalancer = elb.find(call.account(), balancer)?;
            let find = |arn: &str| elb.find::<TargetGroup>(call.account(), arn);
            uses.groups(&balancer.arn).map(find).collect::<Result<_, _>>()?
        }
        None if !arns.is_empty() => arns.iter().map(|arn| elb.find(call.account(), arn)).collect::<Result<_, _>>()?,
        None => by_name(&elb, call.account(), &names)?,
    };
    let mut parts: Vec<&str> = arns.iter().chain(&names).map(String::as_str).collect();
    parts.extend(input.load_balancer_arn.as_deref());
    let (page, next_marker) = pages::cut(&call, found, &parts, input.marker, input.page_size, |group| &group.arn)?;
    let shown = page.iter().map(|group| view::group(group, &uses)).collect();
    Ok(DescribeTargetGroupsOutput { target_groups: Some(shown), next_marker })
}

fn by_name(elb: &Elb, account: &str, names: &[String]) -> Result<Vec<TargetGroup>, Error> {
    let mut all = elb.store.list::<TargetGroup>(&Filter::account(account))?;
    if names.is_empty() {
        return Ok(all);
    }
    all.retain(|group| names.contains(&group.name));
    let has_all = names.iter().all(|name| all.iter().any(|found| found.name == *name));
    if has_all { Ok(all) } else { Err(Error::TargetGroupNotFound) }
}
