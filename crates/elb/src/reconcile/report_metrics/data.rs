//! From two statuses of a node to CloudWatch's measurements (*Application Load Balancer user guide, CloudWatch metrics*,
//! and the same for Network Load Balancers). What counts events is told where there were any, as there.

mod classic;

use std::collections::BTreeMap;

use freehold_balancer::config::Kind;
use freehold_balancer::status::{GroupCounters, Status};
use freehold_core::metrics::Datum;
use jiff::Timestamp;

use crate::model::{LoadBalancer, arns, capacity};

type Dimensions = Vec<(&'static str, String)>;

/// What happened between `before` and `now`, which are of the same process of a node.
pub fn data(balancer: &LoadBalancer, before: &Status, now: &Status, at: Timestamp) -> Vec<Datum> {
    if balancer.kind == Kind::Classic {
        return classic::data(balancer, before, now, at);
    }
    let mut told = Told { namespace: namespace(balancer.kind), at, data: Vec::new() };
    let whole = vec![("LoadBalancer", arns::short(&balancer.arn).to_owned())];
    told.balancer(balancer.kind, &whole, before, now);
    told.one("ConsumedLCUs", &whole, capacity::consumed(balancer.kind, before, now), "Count");
    told.groups(balancer.kind, &whole, before, now);
    told.data
}

fn namespace(kind: Kind) -> &'static str {
    match kind {
        Kind::Application => "AWS/ApplicationELB",
        Kind::Network => "AWS/NetworkELB",
        Kind::Classic => "AWS/ELB",
    }
}

struct Told {
    namespace: &'static str,
    at: Timestamp,
    data: Vec<Datum>,
}

/// What a group's targets did in one zone, or in several, meanwhile.
#[derive(Debug, Clone, Default)]
struct Done {
    requests: u64,
    errors: u64,
    codes: [u64; 4],
    times: u64,
    seconds: f64,
    slowest: f64,
    healthy: u32,
    unhealthy: u32,
    /// Of functions, which are in no zone.
    is_function: bool,
    function_user_errors: u64,
    function_internal_errors: u64,
    function_bytes: u64,
}

impl Told {
    fn one(&mut self, name: &'static str, dimensions: &Dimensions, value: f64, unit: &'static str) {
        self.data.push(Datum::one(self.namespace, name, dimensions.clone(), self.at, value, unit));
    }

    fn events(&mut self, name: &'static str, dimensions: &Dimensions, before: u64, now: u64) {
        let count = now.saturating_sub(before);
        if count > 0 {
            self.one(name, dimensions, count as f64, if name.ends_with("ProcessedBytes") { "Bytes" } else { "Count" });
        }
    }

    fn balancer(&mut self, kind: Kind, whole: &Dimensions, before: &Status, now: &Status) {
        let (before, now) = (&before.counters, &now.counters);
        self.events("ProcessedBytes", whole, before.processed_bytes, now.processed_bytes);
        if kind == Kind::Network {
            self.events("NewFlowCount", whole, before.new_flow_count, now.new_flow_count);
            self.one("ActiveFlowCount", whole, now.active_flow_count as f64, "Count");
            let (old, new) = (before.client_tls_negotiation_error_count, now.client_tls_negotiation_error_count);
            return self.events("ClientTLSNegotiationErrorCount", whole, old, new);
        }
        for (name, old, new) in [
            ("RequestCount", before.request_count, now.request_count),
            ("NewConnectionCount", before.new_connection_count, now.new_connection_count),
            ("RuleEvaluations", before.rule_evaluations, now.rule_evaluations),
            ("RejectedConnectionCount", before.rejected_connection_count, now.rejected_connection_count),
            (
                "ClientTLSNegotiationErrorCount",
                before.client_tls_negotiation_error_count,
                now.client_tls_negotiation_error_count,
            ),
            ("HTTPCode_ELB_3XX_Count", before.http_code_elb_3xx, now.http_code_elb_3xx),
            ("HTTPCode_ELB_4XX_Count", before.http_code_elb_4xx, now.http_code_elb_4xx),
            ("HTTPCode_ELB_5XX_Count", before.http_code_elb_5xx, now.http_code_elb_5xx),
            ("HTTP_Fixed_Response_Count", before.http_fixed_response_count, now.http_fixed_response_count),
            ("HTTP_Redirect_Count", before.http_redirect_count, now.http_redirect_count),
        ] {
            self.events(name, whole, old, new);
        }
        // Those that are open now count beside those that came and went.
        let new = now.new_connection_count.saturating_sub(before.new_connection_count);
        self.events("ActiveConnectionCount", whole, 0, now.active_connection_count.max(new));
    }

    /// By group and zone, by group, by zone, and all in all.
    fn groups(&mut self, kind: Kind, whole: &Dimensions, before: &Status, now: &Status) {
        let mut by: BTreeMap<(Option<&str>, Option<&str>), Done> = BTreeMap::new();
        for counted in &now.groups {
            let same = |old: &&GroupCounters| old.group == counted.group && old.zone == counted.zone;
            let done = Done::between(before.groups.iter().find(same), counted);
            let (group, zone) = (counted.group.as_str(), counted.zone.as_str());
            for place in [(Some(group), None), (None, None), (Some(group), Some(zone)), (None, Some(zone))] {
                if !done.is_function || place.1.is_none() {
                    by.entry(place).or_default().add(&done);
                }
            }
        }
        for ((group, zone), done) in by {
            let mut dimensions = whole.clone();
            dimensions.extend(group.map(|group| ("TargetGroup", arns::short(group).to_owned())));
            dimensions.extend(zone.map(|zone| ("AvailabilityZone", zone.to_owned())));
            // Of functions they are told while those are checked.
            if group.is_some() && (!done.is_function || done.healthy + done.unhealthy > 0) {
                self.one("HealthyHostCount", &dimensions, done.healthy.into(), "Count");
                self.one("UnHealthyHostCount", &dimensions, done.unhealthy.into(), "Count");
            }
            if kind == Kind::Application {
                self.targets(&dimensions, group, zone, &done);
            }
        }
    }

    fn targets(&mut self, dimensions: &Dimensions, group: Option<&str>, zone: Option<&str>, done: &Done) {
        const CODES: [&str; 4] = [
            "HTTPCode_Target_2XX_Count",
            "HTTPCode_Target_3XX_Count",
            "HTTPCode_Target_4XX_Count",
            "HTTPCode_Target_5XX_Count",
        ];
        for (name, count) in CODES.into_iter().zip(done.codes) {
            self.events(name, dimensions, 0, count);
        }
        self.events("TargetConnectionErrorCount", dimensions, 0, done.errors);
        if done.times > 0 {
            self.data.push(done.response_time(self.namespace, dimensions.clone(), self.at));
        }
        if group.is_none() && zone.is_none() {
            self.events("LambdaTargetProcessedBytes", dimensions, 0, done.function_bytes);
            // Told for the whole balancer already, with those that no target got.
            return;
        }
        self.events("RequestCount", dimensions, 0, done.requests);
        if let (Some(group), None, true) = (group, zone, done.is_function) {
            let alone = vec![("TargetGroup", arns::short(group).to_owned())];
            for dimensions in [dimensions, &alone] {
                self.events("LambdaUserError", dimensions, 0, done.function_user_errors);
                self.events("LambdaInternalError", dimensions, 0, done.function_internal_errors);
            }
            // Requests per target mean nothing where the target is a function.
            return;
        }
        if let (Some(group), None, 1..) = (group, zone, done.healthy) {
            let each = done.requests as f64 / f64::from(done.healthy);
            let alone = vec![("TargetGroup", arns::short(group).to_owned())];
            for dimensions in [dimensions, &alone] {
                self.one("RequestCountPerTarget", dimensions, each, "Count");
            }
        }
    }
}

impl Done {
    fn between(before: Option<&GroupCounters>, now: &GroupCounters) -> Self {
        let none = GroupCounters::default();
        let before = before.unwrap_or(&none);
        let codes = |it: &GroupCounters| {
            [it.http_code_target_2xx, it.http_code_target_3xx, it.http_code_target_4xx, it.http_code_target_5xx]
        };
        let mut differences = codes(now);
        differences.iter_mut().zip(codes(before)).for_each(|(now, before)| *now = now.saturating_sub(before));
        let times = now.response_time_count.saturating_sub(before.response_time_count);
        let seconds = (now.response_time_sum - before.response_time_sum).max(0.0);
        // The node knows the slowest since it started. Unless that is a new one, all that is certain of this minute is
        // that its slowest took no less than the mean.
        let mean = if times == 0 { 0.0 } else { seconds / times as f64 };
        let is_new = now.response_time_max > before.response_time_max;
        Self {
            requests: now.request_count.saturating_sub(before.request_count),
            errors: now.target_connection_error_count.saturating_sub(before.target_connection_error_count),
            codes: differences,
            times,
            seconds,
            slowest: if is_new && times > 0 { now.response_time_max } else { mean },
            healthy: now.healthy_host_count,
            unhealthy: now.unhealthy_host_count,
            is_function: now.is_function,
            function_user_errors: now.lambda_user_error.saturating_sub(before.lambda_user_error),
            function_internal_errors: now.lambda_internal_error.saturating_sub(before.lambda_internal_error),
            function_bytes: now.lambda_target_processed_bytes.saturating_sub(before.lambda_target_processed_bytes),
        }
    }

    fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.codes.iter_mut().zip(other.codes).for_each(|(sum, code)| *sum += code);
        self.times += other.times;
        self.seconds += other.seconds;
        self.slowest = self.slowest.max(other.slowest);
        self.healthy += other.healthy;
        self.unhealthy += other.unhealthy;
        self.is_function |= other.is_function;
        self.function_user_errors += other.function_user_errors;
        self.function_internal_errors += other.function_internal_errors;
        self.function_bytes += other.function_bytes;
    }

    fn response_time(&self, namespace: &'static str, dimensions: Dimensions, at: Timestamp) -> Datum {
        let count = self.times as f64;
        let mean = self.seconds / count;
        Datum {
            namespace,
            name: "TargetResponseTime",
            dimensions,
            at,
            count,
            sum: self.seconds,
            minimum: mean.min(self.slowest),
            maximum: self.slowest.max(mean),
            unit: "Seconds",
        }
    }
}

#[cfg(test)]
mod tests;
