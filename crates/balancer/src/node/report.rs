//! What the keeper writes into `status.json`.

use std::fs;
use std::io;
use std::path::Path;

use crate::counters::{Count, GroupCells, NodeCells, PerWorker};
use crate::snapshot::{Registry, Snapshot};
use crate::status::{Counters, FlowCounters, GroupCounters, State, Status, TargetStatus};
use crate::worker::Shared;

pub fn status(view: &Snapshot, shared: &Shared, registry: &Registry, started: i64, unreadable: Option<&str>) -> Status {
    let mut problems = view.problems.clone();
    problems.extend(shared.problems.list());
    problems.extend(unreadable.map(str::to_owned));
    Status {
        revision: view.revision,
        pid: std::process::id(),
        started,
        problems,
        targets: targets(view),
        counters: counters(&shared.cells),
        groups: registry.cells().map(|((group, zone), cells)| group_counters(view, group, zone, cells)).collect(),
    }
}

fn targets(view: &Snapshot) -> Vec<TargetStatus> {
    let mut all = Vec::new();
    for group in view.groups.values() {
        for target in &group.targets {
            let (reason, description) = target.live.why();
            all.push(TargetStatus {
                group: group.arn.clone(),
                id: target.id.clone(),
                port: target.address.port(),
                state: target.live.state(),
                reason,
                description,
                active: target.live.outstanding(),
            });
        }
    }
    all.sort_by(|one, other| (&one.group, &one.id, one.port).cmp(&(&other.group, &other.id, other.port)));
    all
}

fn counters(cells: &PerWorker<NodeCells>) -> Counters {
    let sum = |part: fn(&NodeCells) -> &Count| cells.sum(|cells| part(cells).get());
    let tls = FlowCounters {
        new_flow_count: sum(|it| &it.new_tls_flows),
        active_flow_count: sum(|it| &it.active_tls_flows),
        processed_bytes: sum(|it| &it.tls_bytes),
    };
    let udp = FlowCounters {
        new_flow_count: sum(|it| &it.new_udp_flows),
        active_flow_count: sum(|it| &it.active_udp_flows),
        processed_bytes: sum(|it| &it.udp_bytes),
    };
    Counters {
        request_count: sum(|it| &it.requests),
        new_connection_count: sum(|it| &it.new_connections),
        active_connection_count: sum(|it| &it.active_connections),
        rejected_connection_count: sum(|it| &it.rejected_connections),
        client_tls_negotiation_error_count: sum(|it| &it.tls_errors),
        processed_bytes: sum(|it| &it.bytes) + tls.processed_bytes + udp.processed_bytes,
        http_code_elb_3xx: sum(|it| &it.elb_3xx),
        http_code_elb_4xx: sum(|it| &it.elb_4xx),
        http_code_elb_5xx: sum(|it| &it.elb_5xx),
        http_fixed_response_count: sum(|it| &it.fixed_responses),
        http_redirect_count: sum(|it| &it.redirects),
        new_flow_count: sum(|it| &it.new_flows) + tls.new_flow_count + udp.new_flow_count,
        active_flow_count: sum(|it| &it.active_flows) + tls.active_flow_count + udp.active_flow_count,
        tls,
        udp,
        rule_evaluations: sum(|it| &it.rule_evaluations),
        paid_rule_evaluations: sum(|it| &it.paid_rule_evaluations),
    }
}

fn group_counters(view: &Snapshot, group: &str, zone: &str, cells: &PerWorker<GroupCells>) -> GroupCounters {
    let sum = |part: fn(&GroupCells) -> &Count| cells.sum(|cells| part(cells).get());
    let in_state = |state: State| {
        let targets = view.groups.get(group).into_iter().flat_map(|group| &group.targets);
        targets.filter(|target| target.zone == zone && target.live.state() == state).count() as u32
    };
    GroupCounters {
        group: group.to_owned(),
        zone: zone.to_owned(),
        request_count: sum(|it| &it.requests),
        target_connection_error_count: sum(|it| &it.connection_errors),
        http_code_target_2xx: sum(|it| &it.target_2xx),
        http_code_target_3xx: sum(|it| &it.target_3xx),
        http_code_target_4xx: sum(|it| &it.target_4xx),
        http_code_target_5xx: sum(|it| &it.target_5xx),
        response_time_count: sum(|it| &it.response_times),
        response_time_sum: sum(|it| &it.response_micros) as f64 / 1e6,
        response_time_max: cells.max(|cells| cells.response_micros_max.get()) as f64 / 1e6,
        healthy_host_count: in_state(State::Healthy),
        unhealthy_host_count: in_state(State::Unhealthy),
        is_function: view.groups.get(group).is_some_and(|group| group.is_function()),
        lambda_user_error: sum(|it| &it.function_user_errors),
        lambda_internal_error: sum(|it| &it.function_internal_errors),
        lambda_target_processed_bytes: sum(|it| &it.function_bytes),
    }
}

pub fn write(directory: &Path, status: &Status) -> io::Result<()> {
    let temporary = directory.join("status.json.new");
    fs::write(&temporary, serde_json::to_vec_pretty(status)?)?;
    fs::rename(temporary, directory.join("status.json"))
}
