//! DescribeLoadBalancers.

use std::sync::Arc;

use freehold_api::elb::{DescribeAccessPointsInput, DescribeAccessPointsOutput};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::classic::errors::Error;
use crate::operations::pages;

pub(super) async fn describe_load_balancers(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeAccessPointsInput,
) -> Result<DescribeAccessPointsOutput, freehold_wire::Error> {
    let account = call.account();
    let names = input.load_balancer_names.unwrap_or_default();
    let mut all = elb.classics(account)?;
    if let Some(missing) = names.iter().find(|name| all.iter().all(|balancer| balancer.name != **name)) {
        return Err(Error::LoadBalancerNotFound(missing.clone()).into());
    }
    all.retain(|balancer| names.is_empty() || names.contains(&balancer.name));
    let parts: Vec<&str> = names.iter().map(String::as_str).collect();
    let page = pages::cut(&call, all, &parts, input.marker, input.page_size, |balancer| &balancer.name);
    let (page, next_marker) = page.map_err(Error::from)?;
    let mut shown = Vec::new();
    for mut balancer in page {
        let Some(classic) = balancer.classic.take() else { continue };
        let group = match balancer.security_groups.first() {
            Some(id) => elb.security_group_name(account, id).await,
            None => None,
        };
        shown.push(view::balancer(balancer, classic, group, &call.region));
    }
    Ok(DescribeAccessPointsOutput { load_balancer_descriptions: Some(shown), next_marker })
}
