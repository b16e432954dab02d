//! Rules, conditions and actions as the API shows them.

use freehold_api::elbv2::{
    self, FixedResponseActionConfig, ForwardActionConfig, HostHeaderConditionConfig, HttpHeaderConditionConfig,
    HttpRequestMethodConditionConfig, PathPatternConditionConfig, QueryStringConditionConfig, QueryStringKeyValuePair,
    RedirectActionConfig, RuleCondition, SourceIpConditionConfig, TargetGroupStickinessConfig, TargetGroupTuple,
};
use freehold_balancer::config::{Action, Condition};

use super::conditions;
use crate::model::{Listener, Rule};

pub(super) fn rule(rule: &Rule) -> elbv2::Rule {
    elbv2::Rule {
        rule_arn: Some(rule.arn.clone()),
        priority: Some(rule.priority.to_string()),
        conditions: Some(rule.conditions.iter().map(condition).collect()),
        actions: Some(vec![action(&rule.action)]),
        is_default: Some(false),
        ..Default::default()
    }
}

/// The rule that a listener has from its beginning.
pub(super) fn default_rule(listener: &Listener) -> elbv2::Rule {
    elbv2::Rule {
        rule_arn: Some(listener.default_rule.clone()),
        priority: Some("default".to_owned()),
        conditions: Some(Vec::new()),
        actions: Some(vec![action(&listener.default_action)]),
        is_default: Some(true),
        ..Default::default()
    }
}

pub(in crate::operations) fn action(action: &Action) -> elbv2::Action {
    let kind = |kind: &str| elbv2::Action { r#type: Some(kind.to_owned()), order: Some(1), ..Default::default() };
    match action {
        Action::Forward { groups, group_stickiness_seconds } => {
            let tuple = |(group, weight): &(String, u32)| TargetGroupTuple {
                target_group_arn: Some(group.clone()),
                weight: i32::try_from(*weight).ok(),
            };
            let sticky = TargetGroupStickinessConfig {
                enabled: Some(group_stickiness_seconds.is_some()),
                duration_seconds: group_stickiness_seconds.and_then(|seconds| i32::try_from(seconds).ok()),
            };
            let single = if let [(group, _)] = groups.as_slice() { Some(group.clone()) } else { None };
            elbv2::Action {
                target_group_arn: single,
                forward_config: Some(ForwardActionConfig {
                    target_groups: Some(groups.iter().map(tuple).collect()),
                    target_group_stickiness_config: Some(sticky),
                }),
                ..kind("forward")
            }
        }
        Action::Redirect { protocol, host, port, path, query, status } => elbv2::Action {
            redirect_config: Some(RedirectActionConfig {
                protocol: Some(protocol.clone()),
                port: Some(port.clone()),
                host: Some(host.clone()),
                path: Some(path.clone()),
                query: Some(query.clone()),
                status_code: Some(format!("HTTP_{status}")),
            }),
            ..kind("redirect")
        },
        Action::FixedResponse { status, content_type, body } => elbv2::Action {
            fixed_response_config: Some(FixedResponseActionConfig {
                message_body: body.clone(),
                status_code: Some(status.to_string()),
                content_type: content_type.clone(),
            }),
            ..kind("fixed-response")
        },
    }
}

/// Hosts and paths in both forms, as AWS shows them.
fn condition(condition: &Condition) -> RuleCondition {
    let mut shown = RuleCondition { field: Some(conditions::field(condition).to_owned()), ..Default::default() };
    match condition {
        Condition::HostHeader(values) => {
            shown.values = Some(values.clone());
            shown.host_header_config =
                Some(HostHeaderConditionConfig { values: Some(values.clone()), ..Default::default() });
        }
        Condition::PathPattern(values) => {
            shown.values = Some(values.clone());
            shown.path_pattern_config =
                Some(PathPatternConditionConfig { values: Some(values.clone()), ..Default::default() });
        }
        Condition::HttpHeader { name, values } => {
            shown.http_header_config = Some(HttpHeaderConditionConfig {
                http_header_name: Some(name.clone()),
                values: Some(values.clone()),
                ..Default::default()
            });
        }
        Condition::HttpRequestMethod(values) => {
            shown.http_request_method_config = Some(HttpRequestMethodConditionConfig { values: Some(values.clone()) });
        }
        Condition::QueryString(pairs) => {
            let pair = |(key, value): &(Option<String>, String)| QueryStringKeyValuePair {
                key: key.clone(),
                value: Some(value.clone()),
            };
            let values = Some(pairs.iter().map(pair).collect());
            shown.query_string_config = Some(QueryStringConditionConfig { values });
        }
        Condition::SourceIp(values) => {
            shown.source_ip_config =
                Some(SourceIpConditionConfig { values: Some(values.clone()), ..Default::default() });
        }
    }
    shown
}
