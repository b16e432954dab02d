//! ModifyLoadBalancerAttributes. All of them or none.

use std::sync::Arc;

use freehold_api::elbv2::{
    LoadBalancerAttribute, ModifyLoadBalancerAttributesInput, ModifyLoadBalancerAttributesOutput,
};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::attributes::{is_bucket, is_prefix, of_balancer};
use crate::model::{LoadBalancer, attributes};

pub(super) async fn modify_load_balancer_attributes(
    elb: Arc<Elb>,
    call: Call,
    input: ModifyLoadBalancerAttributesInput,
) -> Result<ModifyLoadBalancerAttributesOutput, freehold_wire::Error> {
    let arn = input.load_balancer_arn.unwrap_or_default();
    let wanted = input.attributes.unwrap_or_default();
    let changed = elb.change::<LoadBalancer, _>(call.account(), &arn, move |_, balancer| set(balancer, wanted)).await?;
    Ok(ModifyLoadBalancerAttributesOutput { attributes: Some(view::attributes(&changed)) })
}

fn set(balancer: &mut LoadBalancer, wanted: Vec<LoadBalancerAttribute>) -> Result<(), Error> {
    for LoadBalancerAttribute { key, value } in wanted {
        let (key, value) = (key.unwrap_or_default(), value.unwrap_or_default());
        attributes::of_balancer(balancer).check(&key, &value)?;
        balancer.attributes.insert(key, value);
    }
    check_access_logs(balancer)
}

/// Logs that are on need a bucket, for which a directory stands here.
fn check_access_logs(balancer: &LoadBalancer) -> Result<(), Error> {
    let attributes = of_balancer(balancer);
    if !attributes.is("access_logs.s3.enabled") {
        return Ok(());
    }
    let (bucket, prefix) = (attributes.get("access_logs.s3.bucket"), attributes.get("access_logs.s3.prefix"));
    if !is_bucket(bucket) {
        let why = format!("Access logs are enabled, but '{bucket}' is not a valid name of an S3 bucket");
        return Err(Error::InvalidConfiguration(why));
    }
    if !is_prefix(prefix) {
        return Err(Error::InvalidConfiguration(format!("'{prefix}' is not a valid prefix of access logs")));
    }
    Ok(())
}
