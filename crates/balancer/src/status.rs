//! What a node sees: `status.json` in the node's directory, written whole and renamed into place within a quarter of a
//! second of a change of health, and every few seconds otherwise.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The configuration in force.
    pub revision: u64,
    pub pid: u32,
    /// Seconds since the epoch; a node that started again counts anew.
    pub started: i64,
    /// What of the configuration cannot be served, with the reason (`port 80: …`).
    pub problems: Vec<String>,
    pub targets: Vec<TargetStatus>,
    pub counters: Counters,
    /// Per target group and zone.
    pub groups: Vec<GroupCounters>,
}

/// *TargetHealth*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetStatus {
    /// ARN of the target group.
    pub group: String,
    pub id: String,
    pub port: u16,
    pub state: State,
    /// `Elb.InitialHealthChecking`, `Target.ResponseCodeMismatch`, …; empty when healthy.
    pub reason: String,
    pub description: String,
    /// Requests or connections under way.
    pub active: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Initial,
    Healthy,
    Unhealthy,
    Unused,
    Draining,
    /// Health checks are off.
    Unavailable,
}

/// Totals since the node started, named after the balancer's CloudWatch metrics.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counters {
    pub request_count: u64,
    pub new_connection_count: u64,
    pub active_connection_count: u64,
    pub rejected_connection_count: u64,
    pub client_tls_negotiation_error_count: u64,
    pub processed_bytes: u64,
    /// Answers that the balancer made itself, by class.
    pub http_code_elb_3xx: u64,
    pub http_code_elb_4xx: u64,
    pub http_code_elb_5xx: u64,
    pub http_fixed_response_count: u64,
    pub http_redirect_count: u64,
    /// Network balancers: flows begun, and going on.
    pub new_flow_count: u64,
    pub active_flow_count: u64,
    /// Of these and of the bytes, what was of listeners that speak TLS, and UDP.
    #[serde(default)]
    pub tls: FlowCounters,
    #[serde(default)]
    pub udp: FlowCounters,
    /// Application balancers: rules that were looked at, without default ones.
    #[serde(default)]
    pub rule_evaluations: u64,
    /// The same without the first ten of each request.
    #[serde(default)]
    pub paid_rule_evaluations: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowCounters {
    pub new_flow_count: u64,
    pub active_flow_count: u64,
    pub processed_bytes: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupCounters {
    /// ARN of the target group.
    pub group: String,
    pub zone: String,
    pub request_count: u64,
    pub target_connection_error_count: u64,
    pub http_code_target_2xx: u64,
    pub http_code_target_3xx: u64,
    pub http_code_target_4xx: u64,
    pub http_code_target_5xx: u64,
    /// `TargetResponseTime`: how many, their sum, least and most since the node started, in seconds.
    pub response_time_count: u64,
    pub response_time_sum: f64,
    pub response_time_max: f64,
    pub healthy_host_count: u32,
    pub unhealthy_host_count: u32,
    /// The group's target is a function.
    #[serde(default)]
    pub is_function: bool,
    #[serde(default)]
    pub lambda_user_error: u64,
    #[serde(default)]
    pub lambda_internal_error: u64,
    /// Bytes of events and of what was returned.
    #[serde(default)]
    pub lambda_target_processed_bytes: u64,
}
