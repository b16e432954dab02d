//! CreateLBCookieStickinessPolicy.

use std::sync::Arc;

use freehold_api::elb::{CreateLBCookieStickinessPolicyInput, CreateLBCookieStickinessPolicyOutput};
use freehold_wire::Call;

use super::policies;
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::PolicyType;

pub(super) async fn create_lb_cookie_stickiness_policy(
    elb: Arc<Elb>,
    call: Call,
    input: CreateLBCookieStickinessPolicyInput,
) -> Result<CreateLBCookieStickinessPolicyOutput, freehold_wire::Error> {
    let is = policy(input.cookie_expiration_period)?;
    let name = input.policy_name;
    let made = move |_: &mut _, classic: &mut _| policies::create(classic, name, is);
    elb.change_classic(call.account(), input.load_balancer_name, made).await?;
    Ok(CreateLBCookieStickinessPolicyOutput {})
}

/// Without a period the session is the browser's; 0 is none either (*CookieExpirationPeriod*).
pub(super) fn policy(seconds: Option<i64>) -> Result<PolicyType, Error> {
    match seconds.filter(|seconds| *seconds != 0) {
        Some(seconds) if seconds < 0 => Err(Error::configuration("CookieExpirationPeriod must not be negative")),
        seconds => Ok(PolicyType::LbCookieStickiness { seconds }),
    }
}
