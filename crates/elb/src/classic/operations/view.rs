//! A balancer as the API shows it.

use freehold_api::elb::{
    AccessLog, AdditionalAttribute, AppCookieStickinessPolicy, BackendServerDescription, ConnectionDraining,
    ConnectionSettings, CrossZoneLoadBalancing, HealthCheck, Instance, LBCookieStickinessPolicy, Listener,
    ListenerDescription, LoadBalancerAttributes, LoadBalancerDescription, Policies, PolicyAttributeDescription,
    PolicyDescription, SourceSecurityGroup,
};

use crate::classic::model::{self, Classic, Policy, PolicyType, protocol};
use crate::model::load_balancer::hosted_zone;
use crate::model::{LoadBalancer, Scheme, Target, attributes};

/// *AdditionalAttribute: Key*.
pub(super) const DESYNC: &str = "elb.http.desyncmitigationmode";

/// `group` is the name of its first security group.
pub(super) fn balancer(
    balancer: LoadBalancer,
    classic: Classic,
    group: Option<String>,
    region: &str,
) -> LoadBalancerDescription {
    let zones = &balancer.zones;
    let backend = |(port, names): (&u16, &Vec<String>)| BackendServerDescription {
        instance_port: Some((*port).into()),
        policy_names: Some(names.clone()),
    };
    let is_public = balancer.scheme == Scheme::InternetFacing;
    LoadBalancerDescription {
        canonical_hosted_zone_name: is_public.then(|| balancer.dns_name.clone()),
        canonical_hosted_zone_name_id: Some(hosted_zone(balancer.kind, region).to_owned()),
        listener_descriptions: Some(classic.listeners.iter().map(listener).collect()),
        policies: Some(policies(&classic.policies)),
        backend_server_descriptions: Some(classic.backends.iter().map(backend).collect()),
        availability_zones: Some(zones.iter().map(|zone| zone.zone.clone()).collect()),
        subnets: Some(zones.iter().map(|zone| zone.subnet.clone()).collect()),
        vpc_id: Some(balancer.vpc),
        instances: Some(instances(&classic.instances)),
        health_check: Some(health_check(&classic.health_check)),
        source_security_group: group
            .map(|name| SourceSecurityGroup { owner_alias: Some(balancer.account), group_name: Some(name) }),
        security_groups: Some(balancer.security_groups),
        created_time: Some(balancer.created),
        scheme: Some(balancer.scheme.name().to_owned()),
        load_balancer_name: Some(balancer.name),
        dns_name: Some(balancer.dns_name),
    }
}

fn listener(listener: &model::Listener) -> ListenerDescription {
    ListenerDescription {
        listener: Some(Listener {
            protocol: Some(protocol(listener.protocol).to_owned()),
            load_balancer_port: Some(listener.port.into()),
            instance_protocol: Some(protocol(listener.instance_protocol).to_owned()),
            instance_port: Some(listener.instance_port.into()),
            ssl_certificate_id: listener.certificate.clone(),
        }),
        policy_names: Some(listener.policies.clone()),
    }
}

/// Those that are registered; those that drain are not.
pub(super) fn instances(instances: &[Target]) -> Vec<Instance> {
    let registered = instances.iter().filter(|instance| !instance.is_draining());
    registered.map(|instance| Instance { instance_id: Some(instance.id.clone()) }).collect()
}

pub(super) fn health_check(check: &model::HealthCheck) -> HealthCheck {
    let number = |number: u32| i32::try_from(number).ok();
    HealthCheck {
        target: Some(check.target()),
        interval: number(check.interval_seconds),
        timeout: number(check.timeout_seconds),
        unhealthy_threshold: number(check.unhealthy_threshold),
        healthy_threshold: number(check.healthy_threshold),
    }
}

fn policies(all: &[Policy]) -> Policies {
    let (mut app, mut own, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for policy in all {
        let policy_name = Some(policy.name.clone());
        match &policy.is {
            PolicyType::AppCookieStickiness { cookie } => {
                app.push(AppCookieStickinessPolicy { policy_name, cookie_name: Some(cookie.clone()) });
            }
            PolicyType::LbCookieStickiness { seconds } => {
                own.push(LBCookieStickinessPolicy { policy_name, cookie_expiration_period: *seconds });
            }
            PolicyType::SslNegotiation { .. } | PolicyType::ProxyProtocol { .. } => other.push(policy.name.clone()),
        }
    }
    Policies {
        app_cookie_stickiness_policies: Some(app),
        lb_cookie_stickiness_policies: Some(own),
        other_policies: Some(other),
    }
}

pub(super) fn policy(policy: &Policy) -> PolicyDescription {
    let attribute = |(name, value): (&str, String)| PolicyAttributeDescription {
        attribute_name: Some(name.to_owned()),
        attribute_value: Some(value),
    };
    PolicyDescription {
        policy_name: Some(policy.name.clone()),
        policy_type_name: Some(policy.is.name().to_owned()),
        policy_attribute_descriptions: Some(policy.is.attributes().into_iter().map(attribute).collect()),
    }
}

pub(super) fn attributes(balancer: &LoadBalancer) -> LoadBalancerAttributes {
    let of = attributes::of_balancer(balancer);
    let number = |key: &str| i32::try_from(of.number(key)).ok();
    let text = |key: &str| Some(of.get(key).to_owned()).filter(|text| !text.is_empty());
    let logs = of.is("access_logs.s3.enabled");
    LoadBalancerAttributes {
        cross_zone_load_balancing: Some(CrossZoneLoadBalancing {
            enabled: Some(of.is("load_balancing.cross_zone.enabled")),
        }),
        access_log: Some(AccessLog {
            enabled: Some(logs),
            s3_bucket_name: text("access_logs.s3.bucket").filter(|_| logs),
            emit_interval: number("access_logs.emit_interval").filter(|_| logs),
            s3_bucket_prefix: text("access_logs.s3.prefix").filter(|_| logs),
        }),
        connection_draining: Some(ConnectionDraining {
            enabled: Some(of.is("connection_draining.enabled")),
            timeout: number("connection_draining.timeout"),
        }),
        connection_settings: Some(ConnectionSettings { idle_timeout: number("idle_timeout.timeout_seconds") }),
        additional_attributes: Some(vec![AdditionalAttribute {
            key: Some(DESYNC.to_owned()),
            value: text("routing.http.desync_mitigation_mode"),
        }]),
    }
}
