use freehold_balancer::config::{Action, Algorithm, Condition, Kind, Protocol, Stickiness, TargetKind};
use freehold_core::tags::Tags;

use super::*;
use crate::model::{Target, Zone, testing};

const PREFIX: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:";

fn arn(resource: &str) -> String {
    format!("{PREFIX}{resource}")
}

fn balancer() -> LoadBalancer {
    LoadBalancer {
        zones: vec![
            Zone { private_address: Some([10, 0, 1, 5].into()), ..Zone::new("us-east-1a", "subnet-1") },
            Zone::new("us-east-1b", "subnet-2"),
        ],
        attributes: BTreeMap::from([("idle_timeout.timeout_seconds".into(), "30".into())]),
        ..testing::balancer(Kind::Application)
    }
}

fn forward(group: &str) -> Action {
    Action::Forward { groups: vec![(group.to_owned(), 1)], group_stickiness_seconds: None }
}

fn listener_on(port: u16, group: &str) -> Listener {
    Listener {
        arn: arn(&format!("listener/app/web/50dc6c495c0c9188/{port:016x}")),
        account: "111122223333".into(),
        load_balancer: balancer().arn,
        protocol: Protocol::Https,
        port,
        certificates: vec!["c-1".into(), "c-gone".into()],
        ssl_policy: Some("ELBSecurityPolicy-2016-08".into()),
        alpn_policy: None,
        default_rule: arn("listener-rule/d"),
        default_action: forward(group),
        attributes: BTreeMap::new(),
        tags: Tags::new(),
        default_rule_tags: Tags::new(),
    }
}

fn rule(priority: u32, listener: &Listener, group: &str) -> Rule {
    Rule {
        arn: arn(&format!("listener-rule/{priority}")),
        account: "111122223333".into(),
        listener: listener.arn.clone(),
        load_balancer: listener.load_balancer.clone(),
        priority,
        conditions: vec![Condition::PathPattern(vec!["/api/*".into()])],
        action: forward(group),
        tags: Tags::new(),
    }
}

fn group(arn: &str) -> TargetGroup {
    let target = |id: &str, draining_since| Target {
        id: id.into(),
        port: 80,
        address: Some([10, 0, 1, 9].into()),
        zone: "us-east-1a".into(),
        zone_was_named: false,
        registered: Timestamp::UNIX_EPOCH,
        draining_since,
    };
    let at = |second| Timestamp::from_second(second).ok();
    TargetGroup {
        attributes: BTreeMap::from([
            ("deregistration_delay.timeout_seconds".into(), "60".into()),
            ("stickiness.enabled".into(), "true".into()),
        ]),
        targets: vec![target("i-1", None), target("i-2", at(1000)), target("i-3", at(900))],
        ..testing::target_group(arn)
    }
}

fn configured(listeners: &[Listener], rules: &[Rule], groups: &[TargetGroup]) -> Config {
    let known = Certificate { chain: "chain".into(), private_key: "key".into() };
    let around =
        Around { region: "us-east-1", now: Timestamp::from_second(1000).unwrap(), buckets: Path::new("/buckets") };
    node_config(&balancer(), listeners, rules, groups, &BTreeMap::from([("c-1".to_owned(), known)]), &around)
}

#[test]
fn only_addresses_that_exist_and_certificates_that_are_known_are_told() {
    let config = configured(&[listener_on(443, "g")], &[], &[]);
    assert_eq!(config.name, "app/web/50dc6c495c0c9188");
    assert_eq!(config.addresses, [Address { zone: "us-east-1a".into(), ip: [10, 0, 1, 5].into() }]);
    assert_eq!((config.attributes.idle_timeout_seconds, config.attributes.client_keep_alive_seconds), (30, 3600));
    assert!(config.attributes.cross_zone && config.attributes.http2);
    let arns: Vec<_> = config.listeners[0].certificates.iter().map(|it| it.arn.as_str()).collect();
    assert_eq!(arns, ["c-1"]);
}

#[test]
fn rules_come_by_priority_with_the_default_last() {
    let (first, second) = (listener_on(80, "g"), listener_on(443, "g"));
    let rules = [rule(20, &first, "g"), rule(10, &first, "g"), rule(5, &second, "g")];
    let config = configured(&[second, first], &rules, &[]);
    assert_eq!(config.listeners.iter().map(|it| it.port).collect::<Vec<_>>(), [80, 443]);
    let order: Vec<_> = config.listeners[0].rules.iter().map(|rule| rule.priority).collect();
    assert_eq!(order, [Some(10), Some(20), None]);
}

#[test]
fn groups_that_are_used_come_with_targets_that_have_not_drained() {
    let listener = listener_on(80, "used");
    let rules = [rule(1, &listener, "by-rule")];
    let config = configured(&[listener], &rules, &[group("used"), group("by-rule"), group("idle")]);
    assert_eq!(config.target_groups.keys().collect::<Vec<_>>(), ["by-rule", "used"]);
    let used = &config.target_groups["used"];
    let targets: Vec<_> = used.targets.iter().map(|target| (target.id.as_str(), target.draining_since)).collect();
    assert_eq!(targets, [("i-1", None), ("i-2", Some(1000))]);
    assert_eq!(used.stickiness, Some(Stickiness::BalancerCookie { duration_seconds: 86400 }));
    assert_eq!((used.algorithm, used.slow_start_seconds), (Algorithm::RoundRobin, 0));
    assert_eq!((used.deregistration_delay_seconds, used.cross_zone), (60, None));
}

#[test]
fn a_function_comes_without_an_address() {
    let id = "arn:aws:lambda:us-east-1:111122223333:function:f:live";
    let target = Target { id: id.into(), port: 0, address: None, zone: String::new(), ..group("g").targets[0].clone() };
    let functions = TargetGroup {
        kind: TargetKind::Lambda,
        protocol: None,
        protocol_version: None,
        port: None,
        vpc: None,
        attributes: BTreeMap::from([("lambda.multi_value_headers.enabled".into(), "true".into())]),
        targets: vec![target],
        ..group("g")
    };
    let told = &configured(&[listener_on(80, "g")], &[], &[functions]).target_groups["g"];
    assert!(told.multi_value_headers && told.kind == TargetKind::Lambda);
    let [one] = told.targets.as_slice() else { panic!("{:?}", told.targets) };
    assert_eq!((&*one.id, one.port, &*one.zone), (id, 0, "all"));
    assert!(one.address.is_unspecified());
}

#[test]
fn another_balancers_listeners_are_none_of_its() {
    let other = Listener { load_balancer: "other".into(), ..listener_on(80, "g") };
    assert_eq!(configured(&[other], &[], &[group("g")]).target_groups.len(), 0);
}

#[test]
fn access_logs_go_to_the_buckets_directory() {
    let mut balancer = balancer();
    for (key, value) in [("enabled", "true"), ("bucket", "my-logs"), ("prefix", "web")] {
        balancer.attributes.insert(format!("access_logs.s3.{key}"), value.into());
    }
    let log = attributes::node_attributes(&balancer, "us-east-1", Path::new("/b")).access_log.unwrap();
    assert_eq!((log.directory.as_path(), log.account.as_str()), (Path::new("/b/my-logs/web"), "111122223333"));
}
