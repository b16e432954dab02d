use freehold_balancer::status::Counters;

use super::*;
use crate::model::testing::balancer;

const GROUP: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/73e2d6bc24d8a067";

fn group(zone: &str, requests: u64, seconds: f64, max: f64, healthy: u32) -> GroupCounters {
    GroupCounters {
        group: GROUP.into(),
        zone: zone.into(),
        request_count: requests,
        http_code_target_2xx: requests,
        response_time_count: requests,
        response_time_sum: seconds,
        response_time_max: max,
        healthy_host_count: healthy,
        ..GroupCounters::default()
    }
}

fn status(requests: u64, groups: Vec<GroupCounters>) -> Status {
    let counters = Counters { request_count: requests, processed_bytes: requests * 100, ..Counters::default() };
    Status { counters, groups, ..Status::default() }
}

/// Of the measurements with this name, those whose dimensions have these values, in order.
fn find<'a>(data: &'a [Datum], name: &str, values: &[&str]) -> Option<&'a Datum> {
    let holds = |datum: &&Datum| datum.dimensions.iter().map(|(_, value)| value.as_str()).eq(values.iter().copied());
    data.iter().filter(|datum| datum.name == name).find(holds)
}

#[test]
fn what_a_minute_brought_is_told_by_group_and_by_zone() {
    let balancer = balancer(Kind::Application);
    let before = status(10, vec![group("us-east-1a", 10, 1.0, 0.5, 1)]);
    let now = status(40, vec![group("us-east-1a", 20, 2.0, 0.5, 1), group("us-east-1b", 20, 6.0, 0.9, 1)]);
    let data = data(&balancer, &before, &now, Timestamp::UNIX_EPOCH);
    let (whole, of_group) = ("app/web/50dc6c495c0c9188", "targetgroup/web/73e2d6bc24d8a067");
    let sum = |name, values: &[&str]| find(&data, name, values).map(|datum| datum.sum);
    assert_eq!(sum("RequestCount", &[whole]), Some(30.0));
    assert_eq!(sum("ProcessedBytes", &[whole]), Some(3000.0));
    assert_eq!(sum("RequestCount", &[whole, of_group]), Some(30.0));
    assert_eq!(sum("RequestCount", &[whole, of_group, "us-east-1b"]), Some(20.0));
    assert_eq!(sum("RequestCountPerTarget", &[of_group]), Some(15.0));
    assert_eq!(sum("RequestCountPerTarget", &[whole, of_group]), Some(15.0));
    assert_eq!(sum("HealthyHostCount", &[whole, of_group]), Some(2.0));
    assert_eq!(sum("UnHealthyHostCount", &[whole, of_group, "us-east-1a"]), Some(0.0));
    assert_eq!(sum("HTTPCode_Target_2XX_Count", &[whole]), Some(30.0));
    assert_eq!(sum("HTTPCode_ELB_5XX_Count", &[whole]), None, "nothing of the kind happened");
    let time = find(&data, "TargetResponseTime", &[whole, of_group]).unwrap();
    assert_eq!((time.count, time.sum, time.maximum), (30.0, 7.0, 0.9));
    let time = find(&data, "TargetResponseTime", &[whole, of_group, "us-east-1a"]).unwrap();
    assert_eq!((time.count, time.maximum), (10.0, 0.1));
    assert!(data.iter().all(|datum| datum.namespace == "AWS/ApplicationELB"));
}

#[test]
fn a_network_balancer_tells_of_flows() {
    let balancer = balancer(Kind::Network);
    let counters = Counters { new_flow_count: 5, active_flow_count: 2, ..Counters::default() };
    let now = Status { counters, groups: vec![group("us-east-1a", 5, 0.0, 0.0, 1)], ..Status::default() };
    let data = data(&balancer, &Status::default(), &now, Timestamp::UNIX_EPOCH);
    let whole = "net/web/50dc6c495c0c9188";
    assert_eq!(find(&data, "NewFlowCount", &[whole]).map(|datum| datum.sum), Some(5.0));
    assert_eq!(find(&data, "ActiveFlowCount", &[whole]).map(|datum| datum.sum), Some(2.0));
    assert!(data.iter().all(|datum| !datum.name.contains("HTTP") && datum.name != "RequestCount"));
    assert!(data.iter().any(|datum| datum.name == "HealthyHostCount"));
}

#[test]
fn functions_are_in_no_zone_and_told_of_in_words_of_their_own() {
    let function = |requests: u64| GroupCounters {
        is_function: true,
        lambda_user_error: requests / 2,
        lambda_target_processed_bytes: requests * 1000,
        ..group("all", requests, 1.0, 0.5, 0)
    };
    let (before, now) = (status(10, vec![function(10)]), status(40, vec![function(40)]));
    let data = data(&balancer(Kind::Application), &before, &now, Timestamp::UNIX_EPOCH);
    let (whole, of_group) = ("app/web/50dc6c495c0c9188", "targetgroup/web/73e2d6bc24d8a067");
    let find = |name, values: &[&str]| find(&data, name, values).map(|datum| (datum.sum, datum.unit));
    assert_eq!(find("LambdaTargetProcessedBytes", &[whole]), Some((30_000.0, "Bytes")));
    assert_eq!(find("LambdaUserError", &[whole, of_group]), Some((15.0, "Count")));
    assert_eq!(find("LambdaUserError", &[of_group]), Some((15.0, "Count")));
    assert_eq!(find("LambdaInternalError", &[whole, of_group]), None);
    assert_eq!(find("RequestCount", &[whole, of_group]), Some((30.0, "Count")));
    let has = |name: &str| data.iter().any(|datum| datum.name == name);
    assert!(!has("RequestCountPerTarget") && !has("HealthyHostCount"));
    assert!(data.iter().flat_map(|datum| &datum.dimensions).all(|(name, _)| *name != "AvailabilityZone"));
}
