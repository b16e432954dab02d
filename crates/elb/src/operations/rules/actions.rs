//! Actions: what a request says, checked, and what the node is told.

use std::collections::BTreeSet;

use freehold_api::elbv2::{self, FixedResponseActionConfig, ForwardActionConfig, RedirectActionConfig};
use freehold_balancer::config::{Action, Kind, Protocol, ProtocolVersion, TargetKind};
use freehold_store::{Filter, Tx, TxExt};

use crate::errors::Error;
use crate::model::{Listener, LoadBalancer, Rule, TargetGroup, Uses, names, uses};
use crate::operations::{lookup, quotas};

/// *TargetGroupTuple: Weight*.
const MOST_WEIGHT: i32 = 999;
/// Seconds, seven days.
const MOST_STICKY: i32 = 604_800;
/// *FixedResponseActionConfig: ContentType*.
const CONTENT_TYPES: [&str; 5] = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"];

/// The one action that a rule ends in. Authentication, which would come before it, is refused.
pub(in crate::operations) fn parse(actions: Option<Vec<elbv2::Action>>) -> Result<Action, Error> {
    let mut actions = actions.unwrap_or_default();
    if let Some(other) = actions.iter().filter_map(|it| it.r#type.as_deref()).find(|kind| is_authentication(kind)) {
        let why = format!("Actions of type '{other}' are not supported in this region");
        return Err(Error::InvalidConfiguration(why));
    }
    match (actions.pop(), actions.len()) {
        (Some(one), 0) => parse_one(one),
        (None, _) => Err(Error::invalid("At least one action must be specified")),
        (Some(_), _) => Err(Error::InvalidLoadBalancerAction(
            "Exactly one action of type 'forward', 'redirect' or 'fixed-response' must be specified".into(),
        )),
    }
}

fn is_authentication(kind: &str) -> bool {
    matches!(kind, "authenticate-oidc" | "authenticate-cognito" | "jwt-validation")
}

fn parse_one(action: elbv2::Action) -> Result<Action, Error> {
    let missing = |what: &str| Error::InvalidLoadBalancerAction(format!("The action has no {what}"));
    match action.r#type.as_deref() {
        Some("forward") => forward(action.target_group_arn, action.forward_config),
        Some("redirect") => redirect(action.redirect_config.ok_or_else(|| missing("RedirectConfig"))?),
        Some("fixed-response") => {
            fixed_response(action.fixed_response_config.ok_or_else(|| missing("FixedResponseConfig"))?)
        }
        other => {
            let why = format!("'{}' is not a type of actions", other.unwrap_or_default());
            Err(Error::InvalidLoadBalancerAction(why))
        }
    }
}

fn forward(single: Option<String>, config: Option<ForwardActionConfig>) -> Result<Action, Error> {
    let ForwardActionConfig { target_groups, target_group_stickiness_config } = config.unwrap_or_default();
    let mut groups = Vec::new();
    for tuple in target_groups.unwrap_or_default() {
        let weight = tuple.weight.unwrap_or(1);
        let weight = u32::try_from(weight).ok().filter(|_| weight <= MOST_WEIGHT);
        let weight = weight.ok_or_else(|| Error::invalid(format!("Weights must be from 0 to {MOST_WEIGHT}")))?;
        groups.push((tuple.target_group_arn.unwrap_or_default(), weight));
    }
    match (single, groups.as_slice()) {
        (Some(single), []) => groups.push((single, 1)),
        // Both forms may say the same.
        (Some(single), [(group, _)]) if single == *group => {}
        (Some(_), _) => {
            let why = "You cannot specify both a target group ARN and a different list of target groups";
            return Err(Error::invalid(why));
        }
        (None, []) => return Err(Error::InvalidLoadBalancerAction("A forward action needs a target group".into())),
        (None, _) => {}
    }
    let distinct: BTreeSet<&str> = groups.iter().map(|(group, _)| group.as_str()).collect();
    if distinct.len() != groups.len() {
        return Err(Error::invalid("A target group may be specified once in an action"));
    }
    let sticky = target_group_stickiness_config.filter(|config| config.enabled == Some(true));
    let seconds = sticky.map(|config| config.duration_seconds.unwrap_or_default());
    let group_stickiness_seconds = seconds.map(|seconds| match u32::try_from(seconds) {
        Ok(good) if (1..=MOST_STICKY).contains(&seconds) => Ok(good),
        _ => Err(Error::invalid(format!("Target group stickiness must last 1 to {MOST_STICKY} seconds"))),
    });
    Ok(Action::Forward { groups, group_stickiness_seconds: group_stickiness_seconds.transpose()? })
}

fn redirect(config: RedirectActionConfig) -> Result<Action, Error> {
    let or = |value: Option<String>, default: &str| value.unwrap_or_else(|| default.to_owned());
    let (protocol, host) = (or(config.protocol, "#{protocol}"), or(config.host, "#{host}"));
    let (port, path) = (or(config.port, "#{port}"), or(config.path, "/#{path}"));
    let query = or(config.query, "#{query}");
    if port != "#{port}" && !port.parse::<u16>().is_ok_and(|port| port > 0) {
        return Err(Error::invalid(format!("Redirect port '{port}' must be from 1 to 65535, or #{{port}}")));
    }
    if !path.starts_with('/') {
        return Err(Error::invalid(format!("Redirect path '{path}' must begin with '/'")));
    }
    // API reference, RedirectActionConfig: otherwise it would lead to itself.
    let is_loop = ["#{protocol}", "#{host}", "#{port}", "/#{path}"] == [&*protocol, &host, &port, &path];
    if is_loop {
        return Err(Error::InvalidLoadBalancerAction(
            "A redirect must modify the protocol, the host, the port or the path".into(),
        ));
    }
    let status = if config.status_code.as_deref() == Some("HTTP_301") { 301 } else { 302 };
    Ok(Action::Redirect { protocol, host, port, path, query, status })
}

fn fixed_response(config: FixedResponseActionConfig) -> Result<Action, Error> {
    if let Some(other) = config.content_type.as_deref().filter(|kind| !CONTENT_TYPES.contains(kind)) {
        return Err(Error::invalid(format!("Content type '{other}' must be one of {}", CONTENT_TYPES.join(", "))));
    }
    let status = config.status_code.unwrap_or_default();
    let status = status.parse().map_err(|_| Error::invalid(format!("'{status}' is not a valid status code")))?;
    Ok(Action::FixedResponse { status, content_type: config.content_type, body: config.message_body })
}

/// Whether the balancer could carry the action out on the listener. `instead_of` is the ARN of the rule or listener whose
/// action it replaces.
pub(in crate::operations) fn check(
    tx: &mut dyn Tx,
    balancer: &LoadBalancer,
    listener: Protocol,
    action: &Action,
    instead_of: &str,
) -> Result<(), Error> {
    if balancer.kind == Kind::Network && !matches!(action, Action::Forward { .. }) {
        let why = "Listeners of network load balancers have actions of type 'forward' only";
        return Err(Error::InvalidLoadBalancerAction(why.into()));
    }
    let wanted: Vec<&str> = uses::groups_of(action).collect();
    let most = quotas::groups_per_action(balancer.kind);
    if wanted.len() > most {
        let why = format!("An action of this load balancer can have up to {most} target groups");
        return Err(Error::too_many("TooManyTargetGroups", why));
    }
    let uses = uses_without(tx, &balancer.account, instead_of)?;
    for arn in &wanted {
        let group: TargetGroup = lookup::within(tx, &balancer.account, arn)?;
        check_group(balancer, listener, &group)?;
        if uses.balancers(arn).any(|other| other != balancer.arn) {
            return Err(Error::TargetGroupAssociationLimit((*arn).to_owned()));
        }
    }
    let mut groups: BTreeSet<&str> = uses.groups(&balancer.arn).collect();
    groups.extend(wanted);
    if groups.len() > quotas::GROUPS_PER_BALANCER {
        let why = format!("A load balancer can have up to {} target groups", quotas::GROUPS_PER_BALANCER);
        return Err(Error::too_many("TooManyUniqueTargetGroupsPerLoadBalancer", why));
    }
    Ok(())
}

fn uses_without(tx: &mut dyn Tx, account: &str, arn: &str) -> Result<Uses, Error> {
    let filter = Filter::account(account);
    let mut listeners = tx.list::<Listener>(&filter)?;
    listeners.retain(|listener| listener.arn != arn);
    let mut rules = tx.list::<Rule>(&filter)?;
    rules.retain(|rule| rule.arn != arn);
    Ok(Uses::new(&listeners, &rules))
}

fn check_group(balancer: &LoadBalancer, listener: Protocol, group: &TargetGroup) -> Result<(), Error> {
    let arn = &group.arn;
    if group.kind == TargetKind::Lambda {
        return match balancer.kind {
            // Functions are in no VPC.
            Kind::Application => Ok(()),
            _ => Err(Error::InvalidConfiguration(format!(
                "Target group '{arn}' has the target type 'lambda', which load balancers of type '{}' do not support",
                names::kind(balancer.kind)
            ))),
        };
    }
    if group.vpc.as_ref() != Some(&balancer.vpc) {
        return Err(Error::InvalidConfiguration(format!(
            "Target group '{arn}' is in a different VPC than load balancer '{}'",
            balancer.arn
        )));
    }
    let Some(protocol) = group.protocol.filter(|protocol| go_together(listener, *protocol)) else {
        return Err(Error::IncompatibleProtocols(format!(
            "The protocol of target group '{arn}' cannot be used by a listener with the protocol '{}'",
            names::protocol(listener)
        )));
    };
    // ALB user guide, Protocol version: the only listener protocol of HTTP/2 and gRPC is HTTPS.
    let version = group.protocol_version.unwrap_or(ProtocolVersion::Http1);
    if names::is_http(protocol) && version != ProtocolVersion::Http1 && listener != Protocol::Https {
        return Err(Error::InvalidConfiguration(format!(
            "Listener protocol '{}' is not supported with a target group with the protocol-version '{}'",
            names::protocol(listener),
            names::version(version)
        )));
    }
    Ok(())
}

/// *NLB user guide, Listener configuration*, and the same of the ALB.
fn go_together(listener: Protocol, group: Protocol) -> bool {
    use Protocol::{Http, Https, Tcp, TcpUdp, Tls, Udp};
    match listener {
        Http | Https => matches!(group, Http | Https),
        Tcp => matches!(group, Tcp | TcpUdp),
        Tls => matches!(group, Tcp | Tls),
        Udp => matches!(group, Udp | TcpUdp),
        TcpUdp => group == TcpUdp,
    }
}

#[cfg(test)]
mod tests;
