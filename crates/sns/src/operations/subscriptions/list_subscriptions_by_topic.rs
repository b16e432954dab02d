//! ListSubscriptionsByTopic: everybody's.

use std::sync::Arc;

use freehold_api::sns::{ListSubscriptionsByTopicInput, ListSubscriptionsByTopicResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use super::view;
use crate::Sns;
use crate::operations::arns;
use crate::operations::pages::{PAGE, page};

pub(super) async fn list_subscriptions_by_topic(
    sns: Arc<Sns>,
    call: Call,
    input: ListSubscriptionsByTopicInput,
) -> Result<ListSubscriptionsByTopicResponse, freehold_wire::Error> {
    let arn = arns::topic(&call, "TopicArn", input.topic_arn)?;
    sns.topic(&arn)?;
    let filter = Filter::index(0, &arn);
    let (found, next_token) = page(&sns.store, &call, &arn, filter, input.next_token.as_deref(), PAGE)?;
    let subscriptions = found.into_iter().map(view::subscription).collect();
    Ok(ListSubscriptionsByTopicResponse { subscriptions: Some(subscriptions), next_token })
}
