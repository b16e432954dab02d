//! What is told of classic balancers.

use std::collections::BTreeMap;

use freehold_balancer::status::{GroupCounters, Status};
use freehold_core::metrics::Datum;
use jiff::Timestamp;

use super::{Done, Told, namespace};
use crate::classic::model::group_arn;
use crate::model::LoadBalancer;

/// *User Guide for Classic Load Balancers, CloudWatch metrics*: by balancer, and by balancer and zone. All listeners have
/// the same hosts, so that those of the first are counted.
pub(super) fn data(balancer: &LoadBalancer, before: &Status, now: &Status, at: Timestamp) -> Vec<Datum> {
    let mut told = Told { namespace: namespace(balancer.kind), at, data: Vec::new() };
    let whole = vec![("LoadBalancerName", balancer.name.clone())];
    let listeners = balancer.classic.iter().flat_map(|classic| &classic.listeners);
    let first = listeners.map(|listener| group_arn(balancer, listener.port)).next();
    let mut by: BTreeMap<Option<&str>, Done> = BTreeMap::new();
    for counted in &now.groups {
        let same = |old: &&GroupCounters| old.group == counted.group && old.zone == counted.zone;
        let mut done = Done::between(before.groups.iter().find(same), counted);
        if first.as_ref() != Some(&counted.group) {
            (done.healthy, done.unhealthy) = (0, 0);
        }
        for place in [None, Some(counted.zone.as_str())] {
            by.entry(place).or_default().add(&done);
        }
    }
    for (zone, done) in by {
        let mut dimensions = whole.clone();
        dimensions.extend(zone.map(|zone| ("AvailabilityZone", zone.to_owned())));
        told.one("HealthyHostCount", &dimensions, done.healthy.into(), "Count");
        told.one("UnHealthyHostCount", &dimensions, done.unhealthy.into(), "Count");
        told.events("RequestCount", &dimensions, 0, done.requests);
        told.events("BackendConnectionErrors", &dimensions, 0, done.errors);
        const CODES: [&str; 4] =
            ["HTTPCode_Backend_2XX", "HTTPCode_Backend_3XX", "HTTPCode_Backend_4XX", "HTTPCode_Backend_5XX"];
        for (name, count) in CODES.into_iter().zip(done.codes) {
            told.events(name, &dimensions, 0, count);
        }
        if done.times > 0 {
            told.data.push(Datum { name: "Latency", ..done.response_time(told.namespace, dimensions, at) });
        }
    }
    let (before, now) = (&before.counters, &now.counters);
    told.events("HTTPCode_ELB_4XX", &whole, before.http_code_elb_4xx, now.http_code_elb_4xx);
    told.events("HTTPCode_ELB_5XX", &whole, before.http_code_elb_5xx, now.http_code_elb_5xx);
    let (old, new) = (before.client_tls_negotiation_error_count, now.client_tls_negotiation_error_count);
    told.events("ClientTLSNegotiationErrorCount", &whole, old, new);
    told.data
}
