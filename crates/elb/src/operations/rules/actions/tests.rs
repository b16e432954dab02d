use freehold_api::elbv2::{TargetGroupStickinessConfig, TargetGroupTuple};

use super::*;

fn of(kind: &str) -> elbv2::Action {
    elbv2::Action { r#type: Some(kind.to_owned()), ..Default::default() }
}

fn tuple(group: &str, weight: i32) -> TargetGroupTuple {
    TargetGroupTuple { target_group_arn: Some(group.to_owned()), weight: Some(weight) }
}

#[test]
fn a_single_group_may_be_named_in_both_forms() {
    let single = elbv2::Action { target_group_arn: Some("g".into()), ..of("forward") };
    let wanted = Action::Forward { groups: vec![("g".into(), 1)], group_stickiness_seconds: None };
    assert_eq!(parse(Some(vec![single.clone()])).unwrap(), wanted);
    let both = ForwardActionConfig { target_groups: Some(vec![tuple("g", 1)]), ..Default::default() };
    let same = elbv2::Action { forward_config: Some(both), ..single.clone() };
    assert_eq!(parse(Some(vec![same])).unwrap(), wanted);
    let other = ForwardActionConfig { target_groups: Some(vec![tuple("h", 1)]), ..Default::default() };
    assert!(parse(Some(vec![elbv2::Action { forward_config: Some(other), ..single }])).is_err());
}

#[test]
fn weights_and_stickiness_have_bounds() {
    let with = |weight, enabled, seconds| {
        let config = ForwardActionConfig {
            target_groups: Some(vec![tuple("g", weight), tuple("h", 0)]),
            target_group_stickiness_config: Some(TargetGroupStickinessConfig {
                enabled: Some(enabled),
                duration_seconds: seconds,
            }),
        };
        parse(Some(vec![elbv2::Action { forward_config: Some(config), ..of("forward") }]))
    };
    assert!(with(999, true, Some(604_800)).is_ok());
    assert!(with(1000, false, None).is_err());
    assert!(with(-1, false, None).is_err());
    assert!(with(1, true, None).is_err());
    assert!(with(1, true, Some(604_801)).is_err());
    let Action::Forward { group_stickiness_seconds, .. } = with(1, false, Some(5)).unwrap() else { panic!() };
    assert_eq!(group_stickiness_seconds, None);
}

#[test]
fn a_redirect_must_lead_elsewhere() {
    let to = |config| parse(Some(vec![elbv2::Action { redirect_config: Some(config), ..of("redirect") }]));
    let default = RedirectActionConfig { status_code: Some("HTTP_301".into()), ..Default::default() };
    assert!(matches!(to(default.clone()), Err(Error::InvalidLoadBalancerAction(_))));
    let secure = RedirectActionConfig { protocol: Some("HTTPS".into()), port: Some("443".into()), ..default.clone() };
    let Action::Redirect { port, path, status, .. } = to(secure).unwrap() else { panic!() };
    assert_eq!((port.as_str(), path.as_str(), status), ("443", "/#{path}", 301));
    assert!(to(RedirectActionConfig { port: Some("0".into()), ..default.clone() }).is_err());
    assert!(to(RedirectActionConfig { path: Some("x".into()), ..default }).is_err());
}

#[test]
fn what_is_not_there_is_refused_by_name() {
    for kind in ["authenticate-oidc", "authenticate-cognito", "jwt-validation"] {
        let error = parse(Some(vec![of(kind), of("forward")])).unwrap_err();
        assert!(matches!(&error, Error::InvalidConfiguration(why) if why.contains(kind)), "{error}");
    }
    assert!(matches!(parse(None), Err(Error::Validation(_))));
    assert!(matches!(parse(Some(vec![of("forward"), of("forward")])), Err(Error::InvalidLoadBalancerAction(_))));
}
