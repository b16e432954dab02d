//! CreateAppCookieStickinessPolicy.

use std::sync::Arc;

use freehold_api::elb::{CreateAppCookieStickinessPolicyInput, CreateAppCookieStickinessPolicyOutput};
use freehold_wire::Call;

use super::policies;
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::PolicyType;

pub(super) async fn create_app_cookie_stickiness_policy(
    elb: Arc<Elb>,
    call: Call,
    input: CreateAppCookieStickinessPolicyInput,
) -> Result<CreateAppCookieStickinessPolicyOutput, freehold_wire::Error> {
    let is = policy(input.cookie_name.as_deref().unwrap_or_default())?;
    let name = input.policy_name;
    let made = move |_: &mut _, classic: &mut _| policies::create(classic, name, is);
    elb.change_classic(call.account(), input.load_balancer_name, made).await?;
    Ok(CreateAppCookieStickinessPolicyOutput {})
}

/// A cookie's name as RFC 6265 has it.
pub(super) fn policy(cookie: &str) -> Result<PolicyType, Error> {
    let is_token = |byte: u8| byte.is_ascii_graphic() && !br#"()<>@,;:\"/[]?={}"#.contains(&byte);
    match !cookie.is_empty() && cookie.bytes().all(is_token) {
        true => Ok(PolicyType::AppCookieStickiness { cookie: cookie.to_owned() }),
        false => Err(Error::configuration(format!("CookieName '{cookie}' is not valid"))),
    }
}
