//! ModifyTargetGroupAttributes. All of them or none.

use std::sync::Arc;

use freehold_api::elbv2::{ModifyTargetGroupAttributesInput, ModifyTargetGroupAttributesOutput, TargetGroupAttribute};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::attributes::of_group;
use crate::model::{TargetGroup, attributes};

/// Cookies of the balancer's own, which an application's cannot be called (*ALB user guide, Sticky sessions*).
const RESERVED: [&str; 3] = ["AWSALB", "AWSALBAPP", "AWSALBTG"];

pub(super) async fn modify_target_group_attributes(
    elb: Arc<Elb>,
    call: Call,
    input: ModifyTargetGroupAttributesInput,
) -> Result<ModifyTargetGroupAttributesOutput, freehold_wire::Error> {
    let arn = input.target_group_arn.unwrap_or_default();
    let wanted = input.attributes.unwrap_or_default();
    let modified = elb.change::<TargetGroup, _>(call.account(), &arn, move |_, group| set(group, wanted));
    Ok(ModifyTargetGroupAttributesOutput { attributes: Some(view::attributes(&modified.await?)) })
}

fn set(group: &mut TargetGroup, wanted: Vec<TargetGroupAttribute>) -> Result<(), Error> {
    for TargetGroupAttribute { key, value } in wanted {
        let (key, value) = (key.unwrap_or_default(), value.unwrap_or_default());
        attributes::of_group(group).check(&key, &value)?;
        group.attributes.insert(key, value);
    }
    check_together(group)
}

fn check_together(group: &TargetGroup) -> Result<(), Error> {
    let attributes = of_group(group);
    let slow_start = attributes.number("slow_start.duration_seconds");
    if (1..30).contains(&slow_start) {
        return Err(Error::invalid("Slow start must be 0 or from 30 to 900 seconds"));
    }
    // ALB user guide, Slow start mode: not with other algorithms than round robin.
    if slow_start > 0 && attributes.get("load_balancing.algorithm.type") != "round_robin" {
        let why = "Slow start can only be used with the algorithm 'round_robin'";
        return Err(Error::InvalidConfiguration(why.into()));
    }
    let cookie = attributes.get("stickiness.app_cookie.cookie_name");
    let follows = attributes.is("stickiness.enabled") && attributes.get("stickiness.type") == "app_cookie";
    if follows && cookie.is_empty() {
        let why = "A cookie name must be specified for stickiness of the type 'app_cookie'";
        return Err(Error::InvalidConfiguration(why.into()));
    }
    if RESERVED.iter().any(|reserved| cookie.starts_with(reserved)) || !is_token(cookie) {
        return Err(Error::invalid(format!("'{cookie}' is not a valid name of an application's cookie")));
    }
    Ok(())
}

/// RFC 6265: a cookie's name is a token; empty here where there is none.
fn is_token(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
