//! CreateLoadBalancerPolicy.

use std::sync::Arc;

use freehold_api::elb::{CreateLoadBalancerPolicyInput, CreateLoadBalancerPolicyOutput, PolicyAttribute};
use freehold_wire::Call;

use super::{create_app_cookie_stickiness_policy, create_lb_cookie_stickiness_policy, policies};
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::{PolicyType, ssl_policies};

pub(super) async fn create_load_balancer_policy(
    elb: Arc<Elb>,
    call: Call,
    input: CreateLoadBalancerPolicyInput,
) -> Result<CreateLoadBalancerPolicyOutput, freehold_wire::Error> {
    let is =
        policy(input.policy_type_name.as_deref().unwrap_or_default(), input.policy_attributes.unwrap_or_default())?;
    let name = input.policy_name;
    let made = move |_: &mut _, classic: &mut _| policies::create(classic, name, is);
    elb.change_classic(call.account(), input.load_balancer_name, made).await?;
    Ok(CreateLoadBalancerPolicyOutput {})
}

/// The one attribute that policies of the type have here; any other is refused by its name.
fn only(attributes: Vec<PolicyAttribute>, known: &str) -> Result<Option<String>, Error> {
    let mut value = None;
    for attribute in attributes {
        let name = attribute.attribute_name.unwrap_or_default();
        if name != known || value.is_some() {
            return Err(Error::configuration(format!(
                "PolicyAttribute '{name}' is not supported in this region: '{known}' is, once"
            )));
        }
        value = attribute.attribute_value;
    }
    Ok(value)
}

fn policy(name: &str, attributes: Vec<PolicyAttribute>) -> Result<PolicyType, Error> {
    match name {
        "AppCookieStickinessPolicyType" => {
            let cookie = only(attributes, "CookieName")?.unwrap_or_default();
            create_app_cookie_stickiness_policy::policy(&cookie)
        }
        "LBCookieStickinessPolicyType" => {
            let wrong = |_| Error::configuration("CookieExpirationPeriod must be a number");
            let seconds = only(attributes, "CookieExpirationPeriod")?.filter(|text| !text.is_empty());
            create_lb_cookie_stickiness_policy::policy(seconds.map(|text| text.parse().map_err(wrong)).transpose()?)
        }
        "SSLNegotiationPolicyType" => {
            let asked = only(attributes, "Reference-Security-Policy")?;
            let reference = asked.unwrap_or_else(|| ssl_policies::DEFAULT.to_owned());
            match ssl_policies::PREDEFINED.contains(&reference.as_str()) {
                true => Ok(PolicyType::SslNegotiation { reference }),
                false => Err(Error::configuration(format!("There is no predefined security policy '{reference}'"))),
            }
        }
        "ProxyProtocolPolicyType" => match only(attributes, "ProxyProtocol")?.as_deref() {
            Some("true") => Ok(PolicyType::ProxyProtocol { enabled: true }),
            Some("false") => Ok(PolicyType::ProxyProtocol { enabled: false }),
            _ => Err(Error::configuration("ProxyProtocol must be true or false")),
        },
        "PublicKeyPolicyType" | "BackendServerAuthenticationPolicyType" => Err(Error::configuration(format!(
            "Policies of the type {name} are not supported in this region: certificates of instances are not checked"
        ))),
        other => Err(Error::PolicyTypeNotFound(other.to_owned())),
    }
}
