//! DescribeLoadBalancerPolicyTypes: those that there are here.

use std::sync::Arc;

use freehold_api::elb::{
    DescribeLoadBalancerPolicyTypesInput, DescribeLoadBalancerPolicyTypesOutput, PolicyAttributeTypeDescription,
    PolicyTypeDescription,
};
use freehold_wire::Call;

use crate::Elb;
use crate::classic::errors::Error;

/// A type with what it does, its one attribute and that attribute's type and cardinality.
struct Type {
    name: &'static str,
    does: &'static str,
    attribute: &'static str,
    of: &'static str,
    cardinality: &'static str,
}

const TYPES: [Type; 4] = [
    Type {
        name: "AppCookieStickinessPolicyType",
        does: "Sessions last as long as a cookie of the application's. For HTTP and HTTPS listeners.",
        attribute: "CookieName",
        of: "String",
        cardinality: "ONE",
    },
    Type {
        name: "LBCookieStickinessPolicyType",
        does: "Sessions last for a number of seconds, or as long as the browser's. For HTTP and HTTPS listeners.",
        attribute: "CookieExpirationPeriod",
        of: "Long",
        cardinality: "ZERO_OR_ONE",
    },
    Type {
        name: "ProxyProtocolPolicyType",
        does: "Connections to an instance port begin with a line of the proxy protocol. For TCP and SSL listeners.",
        attribute: "ProxyProtocol",
        of: "Boolean",
        cardinality: "ONE",
    },
    Type {
        name: "SSLNegotiationPolicyType",
        does: "What HTTPS and SSL listeners negotiate, as a predefined security policy has it.",
        attribute: "Reference-Security-Policy",
        of: "String",
        cardinality: "ZERO_OR_ONE",
    },
];

pub(super) async fn describe_load_balancer_policy_types(
    _: Arc<Elb>,
    _: Call,
    input: DescribeLoadBalancerPolicyTypesInput,
) -> Result<DescribeLoadBalancerPolicyTypesOutput, freehold_wire::Error> {
    let named = input.policy_type_names.unwrap_or_default();
    if let Some(missing) = named.iter().find(|name| TYPES.iter().all(|known| known.name != **name)) {
        return Err(Error::PolicyTypeNotFound(missing.clone()).into());
    }
    let is_asked = |known: &&Type| named.is_empty() || named.iter().any(|name| name == known.name);
    let shown = TYPES.iter().filter(is_asked).map(describe).collect();
    Ok(DescribeLoadBalancerPolicyTypesOutput { policy_type_descriptions: Some(shown) })
}

fn describe(known: &Type) -> PolicyTypeDescription {
    let attribute = PolicyAttributeTypeDescription {
        attribute_name: Some(known.attribute.to_owned()),
        attribute_type: Some(known.of.to_owned()),
        cardinality: Some(known.cardinality.to_owned()),
        ..Default::default()
    };
    PolicyTypeDescription {
        policy_type_name: Some(known.name.to_owned()),
        description: Some(known.does.to_owned()),
        policy_attribute_type_descriptions: Some(vec![attribute]),
    }
}
