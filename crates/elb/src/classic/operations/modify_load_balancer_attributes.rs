//! ModifyLoadBalancerAttributes. All of them or none; those that are not named stay as they are.

use std::sync::Arc;

use freehold_api::elb::{
    LoadBalancerAttributes, ModifyLoadBalancerAttributesInput, ModifyLoadBalancerAttributesOutput,
};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::classic::errors::Error;
use crate::errors;
use crate::model::LoadBalancer;
use crate::model::attributes::{is_bucket, is_prefix, of_balancer};

pub(super) async fn modify_load_balancer_attributes(
    elb: Arc<Elb>,
    call: Call,
    input: ModifyLoadBalancerAttributesInput,
) -> Result<ModifyLoadBalancerAttributesOutput, freehold_wire::Error> {
    let wanted = named(input.load_balancer_attributes.unwrap_or_default())?;
    let changed = elb.change_classic(call.account(), input.load_balancer_name, move |balancer, _| {
        set(balancer, wanted)?;
        Ok((balancer.name.clone(), view::attributes(balancer)))
    });
    let (name, attributes) = changed.await?;
    Ok(ModifyLoadBalancerAttributesOutput {
        load_balancer_name: Some(name),
        load_balancer_attributes: Some(attributes),
    })
}

/// What is asked for, by the names that the other API has for it.
fn named(asked: LoadBalancerAttributes) -> Result<Vec<(&'static str, String)>, Error> {
    let mut named: Vec<(&'static str, Option<String>)> = Vec::new();
    let truth = |value: Option<bool>| value.map(|value| value.to_string());
    let number = |value: Option<i32>| value.map(|value| value.to_string());
    if let Some(asked) = asked.cross_zone_load_balancing {
        named.push(("load_balancing.cross_zone.enabled", truth(asked.enabled)));
    }
    if let Some(asked) = asked.access_log {
        named.push(("access_logs.s3.enabled", truth(asked.enabled)));
        named.push(("access_logs.s3.bucket", asked.s3_bucket_name));
        named.push(("access_logs.s3.prefix", asked.s3_bucket_prefix));
        named.push(("access_logs.emit_interval", number(asked.emit_interval)));
    }
    if let Some(asked) = asked.connection_draining {
        named.push(("connection_draining.enabled", truth(asked.enabled)));
        named.push(("connection_draining.timeout", number(asked.timeout)));
    }
    if let Some(asked) = asked.connection_settings {
        named.push(("idle_timeout.timeout_seconds", number(asked.idle_timeout)));
    }
    for more in asked.additional_attributes.unwrap_or_default() {
        match more.key.as_deref() {
            Some(view::DESYNC) => named.push(("routing.http.desync_mitigation_mode", more.value)),
            other => return Err(Error::AttributeNotFound(other.unwrap_or_default().to_owned())),
        }
    }
    Ok(named.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
}

fn set(balancer: &mut LoadBalancer, wanted: Vec<(&'static str, String)>) -> Result<(), Error> {
    for (key, value) in wanted {
        of_balancer(balancer).check(key, &value).map_err(errors::Error::from)?;
        balancer.attributes.insert(key.to_owned(), value);
    }
    let of = of_balancer(balancer);
    let (bucket, prefix) = (of.get("access_logs.s3.bucket"), of.get("access_logs.s3.prefix"));
    if of.is("access_logs.s3.enabled") && !(is_bucket(bucket) && is_prefix(prefix)) {
        return Err(Error::configuration(format!(
            "Access logs are enabled, but S3BucketName '{bucket}' or S3BucketPrefix '{prefix}' is not a valid one"
        )));
    }
    Ok(())
}
