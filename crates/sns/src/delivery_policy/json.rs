//! Policies as AWS shows them: in its order of members, with its nulls.

use serde::Serialize;

use super::retry::RetryPolicy;
use super::{DeliveryPolicy, Effective};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Retry {
    min_delay_target: u32,
    max_delay_target: u32,
    num_retries: u32,
    num_max_delay_retries: u32,
    num_no_delay_retries: u32,
    num_min_delay_retries: u32,
    backoff_function: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Throttle {
    max_receives_per_second: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    header_content_type: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Topic<'a> {
    http: Http<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    default_healthy_retry_policy: Option<Retry>,
    disable_subscription_overrides: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_throttle_policy: Option<Throttle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_request_policy: Option<Request<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscription<'a> {
    healthy_retry_policy: Option<Retry>,
    sickly_retry_policy: (),
    throttle_policy: Option<Throttle>,
    request_policy: Option<Request<'a>>,
    guaranteed: bool,
}

impl From<RetryPolicy> for Retry {
    fn from(policy: RetryPolicy) -> Self {
        Self {
            min_delay_target: policy.min_delay,
            max_delay_target: policy.max_delay,
            num_retries: policy.retries,
            num_max_delay_retries: policy.max_delay_retries,
            num_no_delay_retries: policy.no_delay_retries,
            num_min_delay_retries: policy.min_delay_retries,
            backoff_function: policy.backoff.name(),
        }
    }
}

pub(super) fn topic(policy: &DeliveryPolicy) -> String {
    let DeliveryPolicy { retry, max_receives_per_second, content_type, forbids_overrides } = policy;
    topic_form(*retry, *max_receives_per_second, content_type.as_deref(), *forbids_overrides)
}

pub(super) fn effective_topic(policy: &Effective) -> String {
    let Effective { retry, max_receives_per_second, content_type, forbids_overrides } = policy;
    topic_form(Some(*retry), *max_receives_per_second, Some(content_type), *forbids_overrides)
}

pub(super) fn subscription(policy: &DeliveryPolicy) -> String {
    subscription_form(policy.retry, policy.max_receives_per_second, policy.content_type.as_deref())
}

pub(super) fn effective(policy: &Effective) -> String {
    subscription_form(Some(policy.retry), policy.max_receives_per_second, Some(&policy.content_type))
}

fn topic_form(
    retry: Option<RetryPolicy>,
    throttle: Option<u32>,
    content_type: Option<&str>,
    forbids_overrides: bool,
) -> String {
    text(&Topic {
        http: Http {
            default_healthy_retry_policy: retry.map(Retry::from),
            disable_subscription_overrides: forbids_overrides,
            default_throttle_policy: throttle.map(|max_receives_per_second| Throttle { max_receives_per_second }),
            default_request_policy: content_type.map(|header_content_type| Request { header_content_type }),
        },
    })
}

fn subscription_form(retry: Option<RetryPolicy>, throttle: Option<u32>, content_type: Option<&str>) -> String {
    text(&Subscription {
        healthy_retry_policy: retry.map(Retry::from),
        sickly_retry_policy: (),
        throttle_policy: throttle.map(|max_receives_per_second| Throttle { max_receives_per_second }),
        request_policy: content_type.map(|header_content_type| Request { header_content_type }),
        guaranteed: false,
    })
}

fn text(policy: &impl Serialize) -> String {
    // Structs of numbers and strings always have a JSON form.
    serde_json::to_string(policy).unwrap_or_default()
}
