//! Making policies and setting them.

use super::quotas;
use crate::classic::errors::Error;
use crate::classic::model::{Classic, Policy, PolicyType};

/// *CreateLoadBalancerPolicy*: one more, of a name that no other of the balancer has.
pub(super) fn create(classic: &mut Classic, name: Option<String>, is: PolicyType) -> Result<(), Error> {
    let name = name.unwrap_or_default();
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if name.is_empty() || !name.bytes().all(is_fine) {
        return Err(Error::configuration(format!(
            "PolicyName '{name}' is not valid: it can have alphanumeric characters and hyphens"
        )));
    }
    if classic.policy(&name).is_some() {
        return Err(Error::DuplicatePolicyName(name));
    }
    if classic.policies.len() >= quotas::POLICIES {
        let why = format!("A load balancer can have {} policies", quotas::POLICIES);
        return Err(Error::TooMany("TooManyPolicies", why));
    }
    classic.policies.push(Policy { name, is });
    Ok(())
}

/// Policies by their names, all of which there must be. A predefined security policy becomes one of the balancer's when it
/// is named.
pub(super) fn named(balancer: &str, classic: &mut Classic, names: &[String]) -> Result<Vec<PolicyType>, Error> {
    let mut found = Vec::new();
    for name in names {
        if classic.policy(name).is_none() && Policy::all_predefined().iter().any(|policy| policy.name == *name) {
            classic.policies.push(Policy::predefined(name));
        }
        let policy = classic.policy(name);
        let policy = policy.ok_or_else(|| Error::PolicyNotFound(name.clone(), balancer.to_owned()))?;
        found.push(policy.is.clone());
    }
    Ok(found)
}
