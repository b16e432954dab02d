//! A listener as the API shows it.

use freehold_api::elbv2::{self, Certificate, ListenerAttribute, MutualAuthenticationAttributes};
use freehold_balancer::config::Protocol;

use crate::model::{Listener, attributes, names};
use crate::operations::rules::view as rules;

pub(super) fn listener(listener: &Listener) -> elbv2::Listener {
    let default = listener.certificates.first();
    let mutual = MutualAuthenticationAttributes { mode: Some("off".to_owned()), ..Default::default() };
    elbv2::Listener {
        listener_arn: Some(listener.arn.clone()),
        load_balancer_arn: Some(listener.load_balancer.clone()),
        port: Some(i32::from(listener.port)),
        protocol: Some(names::protocol(listener.protocol).to_owned()),
        certificates: default.map(|arn| vec![Certificate { certificate_arn: Some(arn.clone()), is_default: None }]),
        ssl_policy: listener.ssl_policy.clone(),
        default_actions: Some(vec![rules::action(&listener.default_action)]),
        alpn_policy: listener.alpn_policy.clone().map(|policy| vec![policy]),
        mutual_authentication: (listener.protocol == Protocol::Https).then_some(mutual),
    }
}

pub(super) fn attributes(listener: &Listener) -> Vec<ListenerAttribute> {
    let attribute = |(key, value): (&str, String)| ListenerAttribute { key: Some(key.to_owned()), value: Some(value) };
    attributes::of_listener(listener).all().into_iter().map(attribute).collect()
}
