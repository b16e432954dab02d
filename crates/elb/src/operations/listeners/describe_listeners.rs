//! DescribeListeners: those of a balancer, or those that are named.

use std::sync::Arc;

use freehold_api::elbv2::{DescribeListenersInput, DescribeListenersOutput};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, LoadBalancer};
use crate::operations::pages;

pub(super) async fn describe_listeners(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeListenersInput,
) -> Result<DescribeListenersOutput, freehold_wire::Error> {
    let arns = input.listener_arns.unwrap_or_default();
    let found = match (input.load_balancer_arn.as_deref(), arns.is_empty()) {
        (Some(balancer), true) => of_balancer(&elb, call.account(), balancer)?,
        (None, false) => arns.iter().map(|arn| elb.find(call.account(), arn)).collect::<Result<_, _>>()?,
        _ => return Err(Error::invalid("You must specify either listener ARNs or a load balancer ARN").into()),
    };
    let mut parts: Vec<&str> = arns.iter().map(String::as_str).collect();
    parts.extend(input.load_balancer_arn.as_deref());
    let (page, next_marker) =
        pages::cut(&call, found, &parts, input.marker, input.page_size, |listener: &Listener| &listener.arn)?;
    Ok(DescribeListenersOutput { listeners: Some(page.iter().map(view::listener).collect()), next_marker })
}

fn of_balancer(elb: &Elb, account: &str, arn: &str) -> Result<Vec<Listener>, Error> {
    let balancer: LoadBalancer = elb.find(account, arn)?;
    Ok(elb.store.list::<Listener>(&Filter::index(0, balancer.arn))?)
}
