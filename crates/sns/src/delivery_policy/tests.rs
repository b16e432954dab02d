use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::retry::{Backoff, RetryPolicy};
use super::{DeliveryPolicy, Effective};

fn seconds(effective: &Effective) -> Vec<f64> {
    (1..).map_while(|n| effective.delay_before_retry(n)).map(|delay| delay.as_secs_f64()).collect()
}

fn by_subscription(policy: &str) -> Effective {
    Effective::of(None, Some(&DeliveryPolicy::of_subscription(policy).unwrap()))
}

#[test]
fn three_retries_twenty_seconds_apart_are_the_default() {
    let effective = Effective::of(None, None);
    assert_eq!(seconds(&effective), [20.0, 20.0, 20.0]);
    assert_eq!(effective.content_type(), "text/plain; charset=UTF-8");
    assert_eq!(effective.max_receives_per_second(), None);
    assert_eq!(
        effective.to_json(),
        r#"{"healthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"sicklyRetryPolicy":null,"throttlePolicy":null,"requestPolicy":{"headerContentType":"text/plain; charset=UTF-8"},"guaranteed":false}"#
    );
    assert_eq!(
        effective.to_topic_json(),
        r#"{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}"#
    );
}

#[test]
fn delays_grow_evenly_to_the_maximum() {
    // The guide's example: a maximum of 40 seconds and everything else as it is.
    assert_eq!(seconds(&by_subscription(r#"{"healthyRetryPolicy":{"maxDelayTarget":40}}"#)), [20.0, 30.0, 40.0]);
}

#[test]
fn the_phases_follow_one_another() {
    let policy = r#"{"healthyRetryPolicy":{"minDelayTarget":1,"maxDelayTarget":60,"numRetries":50,"numNoDelayRetries":3,
        "numMinDelayRetries":2,"numMaxDelayRetries":35,"backoffFunction":"exponential"},
        "throttlePolicy":{"maxReceivesPerSecond":10}}"#;
    let effective = by_subscription(policy);
    let delays = seconds(&effective);
    assert_eq!(delays.len(), 50);
    assert_eq!(delays[..6], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    assert!(delays[5..15].is_sorted() && delays[14] == 60.0);
    assert_eq!(delays[15..], [60.0; 35]);
    assert_eq!(effective.max_receives_per_second(), Some(10));
}

#[test]
fn functions_lie_below_one_another() {
    // The guide's drawing: ten retries from 5 to 260 seconds.
    let sixth = |function: &str| {
        let policy = json!({"healthyRetryPolicy":
            {"minDelayTarget": 5, "maxDelayTarget": 260, "numRetries": 10, "backoffFunction": function}});
        let delays = seconds(&by_subscription(&policy.to_string()));
        assert_eq!((delays[0], delays[9]), (5.0, 260.0), "{function}");
        delays[5]
    };
    let delays = ["exponential", "geometric", "arithmetic", "linear"].map(sixth);
    assert!(delays.is_sorted() && delays[0] < delays[3], "{delays:?}");
}

#[test]
fn an_hour_is_the_limit() {
    let policy = r#"{"healthyRetryPolicy":{"minDelayTarget":1000,"maxDelayTarget":1000,"numRetries":9}}"#;
    assert_eq!(seconds(&by_subscription(policy)), [1000.0, 1000.0, 1000.0]);
}

#[test]
fn a_subscription_replaces_sections_of_its_topic() {
    let text = r#"{"http":{"defaultHealthyRetryPolicy":{"numRetries":1},"disableSubscriptionOverrides":false,
        "defaultThrottlePolicy":{"maxReceivesPerSecond":5},"defaultRequestPolicy":{"headerContentType":"application/json"}}}"#;
    let topic = DeliveryPolicy::of_topic(text).unwrap();
    let own = DeliveryPolicy::of_subscription(r#"{"requestPolicy":{"headerContentType":"text/csv"}}"#).unwrap();
    let effective = Effective::of(Some(&topic), Some(&own));
    assert_eq!(effective.content_type(), "text/csv");
    assert_eq!(effective.max_receives_per_second(), Some(5));
    assert_eq!(seconds(&effective), [20.0]);

    let strict = DeliveryPolicy::of_topic(&text.replace("false", "true")).unwrap();
    assert_eq!(Effective::of(Some(&strict), Some(&own)).content_type(), "application/json");
}

#[test]
fn policies_are_shown_as_aws_orders_them() {
    let topic = r#"{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":30,"numRetries":10,"numMaxDelayRetries":3,"numNoDelayRetries":1,"numMinDelayRetries":2,"backoffFunction":"exponential"},"disableSubscriptionOverrides":false,"defaultThrottlePolicy":{"maxReceivesPerSecond":5},"defaultRequestPolicy":{"headerContentType":"application/json"}}}"#;
    assert_eq!(DeliveryPolicy::of_topic(topic).unwrap().to_topic_json(), topic);
    let own = r#"{"healthyRetryPolicy":{"minDelayTarget":2,"maxDelayTarget":4,"numRetries":2,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"sicklyRetryPolicy":null,"throttlePolicy":{"maxReceivesPerSecond":1},"requestPolicy":{"headerContentType":"text/plain"},"guaranteed":false}"#;
    assert_eq!(DeliveryPolicy::of_subscription(own).unwrap().to_subscription_json(), own);
}

#[test]
fn policies_out_of_range_are_refused() {
    let retry = "healthyRetryPolicy";
    for (member, sentence) in [
        (r#""minDelayTarget":0"#, "minDelayTarget must be greater than or equal to 1"),
        (r#""maxDelayTarget":3601"#, "maxDelayTarget must be less than or equal to 3600"),
        (r#""maxDelayTarget":19"#, "maxDelayTarget must be greater than or equal to minDelayTarget"),
        (r#""numRetries":101"#, "numRetries must be less than or equal to 100"),
        (r#""numRetries":-1"#, "numRetries must be greater than or equal to 0"),
        (r#""numRetries":18446744073709551615"#, "numRetries must be less than or equal to 100"),
        (r#""numRetries":"3""#, "numRetries type mismatch, expecting integer, received a string"),
        (r#""numRetries":1.5"#, "numRetries type mismatch, expecting integer, received a number"),
        (
            r#""numNoDelayRetries":4"#,
            "numRetries must be greater than or equal to total of numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries",
        ),
        (r#""backoffFunction":"cubic""#, "backoffFunction must be one of arithmetic, exponential, geometric, linear"),
    ] {
        let own = DeliveryPolicy::of_subscription(&format!(r#"{{"{retry}":{{{member}}}}}"#)).unwrap_err();
        assert_eq!(own.to_string(), format!("DeliveryPolicy: {retry}.{sentence}"));
        let topic = DeliveryPolicy::of_topic(&format!(r#"{{"http":{{"defaultHealthyRetryPolicy":{{{member}}}}}}}"#));
        assert_eq!(
            topic.unwrap_err().to_string(),
            format!("DeliveryPolicy: http.defaultHealthyRetryPolicy.{sentence}")
        );
    }
}

#[test]
fn policies_of_another_shape_are_refused() {
    for text in [
        "",
        "{",
        "null",
        "[]",
        r#"{"https":{}}"#,
        r#"{"http":1}"#,
        r#"{"http":{"bogus":1}}"#,
        r#"{"throttlePolicy":{}}"#,
        r#"{"http":{"disableSubscriptionOverrides":"yes"}}"#,
        r#"{"http":{"defaultThrottlePolicy":{"maxReceivesPerSecond":0}}}"#,
        r#"{"http":{"defaultRequestPolicy":{"headerContentType":"text/csv"}}}"#,
    ] {
        assert!(DeliveryPolicy::of_topic(text).is_err(), "{text}");
    }
    for text in [
        r#"{"http":{}}"#,
        r#"{"guaranteed":true}"#,
        r#"{"sicklyRetryPolicy":{}}"#,
        r#"{"requestPolicy":{"headerContentType":"text/bogus"}}"#,
        r#"{"requestPolicy":{"headerContentType":"text/plain; charset=latin1"}}"#,
    ] {
        assert!(DeliveryPolicy::of_subscription(text).is_err(), "{text}");
    }
    let unexpected = DeliveryPolicy::of_topic(r#"{"throttlePolicy":{}}"#).unwrap_err();
    assert_eq!(unexpected.to_string(), "DeliveryPolicy: Unexpected JSON member: throttlePolicy");
    assert!(DeliveryPolicy::of_topic("{}").is_ok() && DeliveryPolicy::of_subscription("{}").is_ok());
}

prop_compose! {
    fn policies()(min_delay in 1_u32..=3600, no_delay in 0_u32..30, min in 0_u32..30, max in 0_u32..30, own in 0_u32..=10,
        function in 0_usize..4)(max_delay in min_delay..=3600, min_delay in Just(min_delay), no_delay in Just(no_delay),
        min in Just(min), max in Just(max), own in Just(own), function in Just(function)) -> RetryPolicy {
        RetryPolicy { min_delay, max_delay, retries: no_delay + min + max + own, no_delay_retries: no_delay,
            min_delay_retries: min, max_delay_retries: max, backoff: Backoff::ALL[function] }
    }
}

proptest! {
    #[test]
    fn delays_stay_within_their_bounds_and_never_shrink(policy in policies()) {
        let delays: Vec<_> = (1..=policy.retries + 1).map_while(|n| policy.delay_before_retry(n)).collect();
        prop_assert!(delays.is_sorted());
        prop_assert!(delays.iter().sum::<Duration>() <= Duration::from_secs(3600));
        let (immediate, later) = delays.split_at(delays.len().min(policy.no_delay_retries as usize));
        prop_assert!(immediate.iter().all(Duration::is_zero));
        let bounds = Duration::from_secs(policy.min_delay.into())..=Duration::from_secs(policy.max_delay.into());
        prop_assert!(later.iter().all(|delay| bounds.contains(delay)), "{:?}", later);
    }

    #[test]
    fn what_is_shown_can_be_given_back(policy in policies()) {
        let shown = DeliveryPolicy { retry: Some(policy), ..DeliveryPolicy::default() };
        prop_assert_eq!(DeliveryPolicy::of_topic(&shown.to_topic_json()), Ok(shown.clone()));
        prop_assert_eq!(DeliveryPolicy::of_subscription(&shown.to_subscription_json()), Ok(shown));
    }
}
