//! From a configuration to a snapshot. What cannot be served is left out and named in `problems`; the rest is served.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;

use super::registry::TargetKey;
use super::{Action, Forward, Group, Listener, Redirect, Registry, Rule, Snapshot};
use crate::config::{self, Config, Kind, Protocol};
use crate::rules::Condition;
use crate::tls::Terminator;

pub fn build(config: &Config, registry: &mut Registry) -> Snapshot {
    let groups = groups(config, registry);
    let mut problems = Vec::new();
    let mut listeners = Vec::new();
    for listener in &config.listeners {
        match self::listeners(listener, config, &groups) {
            Ok(made) => listeners.extend(made),
            Err(problem) => problems.push(format!("port {}: {problem}", listener.port)),
        }
    }
    Snapshot {
        revision: config.revision,
        kind: config.kind,
        name: config.name.clone(),
        attributes: config.attributes.clone(),
        listeners,
        groups,
        addresses: config.addresses.iter().map(|address| (address.ip, address.zone.clone())).collect(),
        problems,
    }
}

fn groups(config: &Config, registry: &mut Registry) -> HashMap<String, Arc<Group>> {
    let used = used_groups(config);
    let mut known = HashSet::new();
    let mut groups = HashMap::new();
    for (arn, group) in &config.target_groups {
        let made = Group::new(group, used.contains(arn.as_str()), |target| {
            let address = SocketAddr::new(target.address, target.port);
            let key = TargetKey { group: arn.clone(), id: target.id.clone(), address };
            known.insert(key.clone());
            registry.target(key, &target.zone)
        });
        groups.insert(arn.clone(), Arc::new(made));
    }
    registry.retain(|key| known.contains(key));
    groups
}

fn used_groups(config: &Config) -> HashSet<&str> {
    let rules = config.listeners.iter().flat_map(|listener| &listener.rules);
    let forwards = rules.filter_map(|rule| match &rule.action {
        config::Action::Forward { groups, .. } => Some(groups),
        _ => None,
    });
    forwards.flatten().map(|(arn, _)| arn.as_str()).collect()
}

/// A `TCP_UDP` listener is two sockets, so it becomes two.
fn listeners(
    from: &config::Listener,
    config: &Config,
    groups: &HashMap<String, Arc<Group>>,
) -> Result<Vec<Arc<Listener>>, String> {
    let protocols: &[Protocol] = match from.protocol {
        Protocol::TcpUdp => &[Protocol::Tcp, Protocol::Udp],
        ref one => std::slice::from_ref(one),
    };
    let tls = match from.protocol {
        Protocol::Https | Protocol::Tls => Some(Arc::new(Terminator::new(from, offers_http2(config, from))?)),
        _ => None,
    };
    let make = |protocol: &Protocol| {
        Ok(Arc::new(Listener {
            protocol: *protocol,
            port: from.port,
            tls: tls.clone(),
            rules: from.rules.iter().map(|one| rule(one, groups)).collect::<Result<_, String>>()?,
            tcp_idle_timeout_seconds: from.tcp_idle_timeout_seconds,
        }))
    };
    protocols.iter().map(make).collect()
}

/// Classic balancers speak HTTP/1.1 only.
fn offers_http2(config: &Config, listener: &config::Listener) -> bool {
    config.kind == Kind::Application && config.attributes.http2 && listener.protocol == Protocol::Https
}

fn rule(from: &config::Rule, groups: &HashMap<String, Arc<Group>>) -> Result<Rule, String> {
    Ok(Rule {
        priority: from.priority,
        conditions: from.conditions.iter().map(Condition::new).collect::<Result<_, String>>()?,
        action: action(&from.action, groups)?,
    })
}

fn action(from: &config::Action, groups: &HashMap<String, Arc<Group>>) -> Result<Action, String> {
    match from {
        config::Action::Forward { groups: wanted, group_stickiness_seconds } => {
            let find = |(arn, weight): &(String, u32)| match groups.get(arn) {
                Some(group) => Ok((group.clone(), *weight)),
                None => Err(format!("the target group {arn} is not in the configuration")),
            };
            let groups = wanted.iter().map(find).collect::<Result<_, String>>()?;
            Ok(Action::Forward(Forward { groups, stickiness_seconds: *group_stickiness_seconds }))
        }
        config::Action::Redirect { protocol, host, port, path, query, status } => Ok(Action::Redirect(Redirect {
            protocol: protocol.clone(),
            host: host.clone(),
            port: port.clone(),
            path: path.clone(),
            query: query.clone(),
            status: *status,
        })),
        config::Action::FixedResponse { status, content_type, body } => Ok(Action::FixedResponse {
            status: *status,
            content_type: content_type.clone().unwrap_or_else(|| "text/plain".into()),
            body: body.clone().unwrap_or_default(),
        }),
    }
}
