//! GetTopicAttributes: what was set, what is counted, and what follows from both.

use std::sync::Arc;

use freehold_api::sns::{GetTopicAttributesInput, GetTopicAttributesResponse};
use freehold_wire::Call;

use crate::Sns;
use crate::operations::arns;

pub(super) async fn get_topic_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: GetTopicAttributesInput,
) -> Result<GetTopicAttributesResponse, freehold_wire::Error> {
    let arn = arns::topic(&call, "TopicArn", input.topic_arn)?;
    let live = sns.topic(&arn)?;
    let topic = &live.topic;
    let (confirmed, pending) = live.counts();
    let mut attributes = topic.attributes.clone();
    let mut set = |name: &str, value: String| attributes.insert(name.to_owned(), value);
    set("TopicArn", arn);
    set("Owner", topic.account.clone());
    set("Policy", topic.policy());
    set("DisplayName", topic.display_name().to_owned());
    set("SubscriptionsConfirmed", confirmed.to_string());
    set("SubscriptionsPending", pending.to_string());
    set("SubscriptionsDeleted", topic.subscriptions_deleted.to_string());
    if let Some(policy) = &live.delivery {
        set("DeliveryPolicy", policy.to_topic_json());
    }
    set("EffectiveDeliveryPolicy", live.effective(None).to_topic_json());
    if topic.is_fifo() {
        set("FifoTopic", "true".to_owned());
        set("ContentBasedDeduplication", topic.is_set("ContentBasedDeduplication").to_string());
        let scope = topic.attributes.get("FifoThroughputScope").map_or("Topic", String::as_str);
        set("FifoThroughputScope", scope.to_owned());
    }
    Ok(GetTopicAttributesResponse { attributes: Some(attributes) })
}
