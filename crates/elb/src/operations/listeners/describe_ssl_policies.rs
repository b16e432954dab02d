//! DescribeSSLPolicies.

use std::sync::Arc;

use freehold_api::elbv2::{Cipher, DescribeSSLPoliciesInput, DescribeSSLPoliciesOutput, SslPolicy};
use freehold_wire::Call;

use super::ssl_policies::{self, POLICIES, Policy};
use crate::Elb;
use crate::errors::Error;
use crate::operations::pages;

pub(super) async fn describe_ssl_policies(
    _: Arc<Elb>,
    call: Call,
    input: DescribeSSLPoliciesInput,
) -> Result<DescribeSSLPoliciesOutput, freehold_wire::Error> {
    let names = input.names.unwrap_or_default();
    let found = match (input.load_balancer_type.as_deref(), names.is_empty()) {
        (Some("gateway"), _) => Vec::new(),
        (_, true) => POLICIES.to_vec(),
        (_, false) => {
            let find = |name: &String| ssl_policies::find(name).ok_or_else(|| Error::SslPolicyNotFound(name.clone()));
            names.iter().map(find).collect::<Result<_, _>>()?
        }
    };
    let mut parts: Vec<&str> = names.iter().map(String::as_str).collect();
    parts.extend(input.load_balancer_type.as_deref());
    let (page, next_marker) = pages::cut(&call, found, &parts, input.marker, input.page_size, |policy| policy.name)?;
    Ok(DescribeSSLPoliciesOutput { ssl_policies: Some(page.into_iter().map(shown).collect()), next_marker })
}

fn shown(policy: Policy) -> SslPolicy {
    let ciphers = (1..).zip(policy.ciphers());
    SslPolicy {
        name: Some(policy.name.to_owned()),
        ssl_protocols: Some(policy.protocols()),
        ciphers: Some(
            ciphers.map(|(priority, name)| Cipher { name: Some(name.to_owned()), priority: Some(priority) }).collect(),
        ),
        supported_load_balancer_types: Some(vec!["application".to_owned(), "network".to_owned()]),
    }
}
