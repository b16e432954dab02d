//! ListTopics: the caller's.

use std::sync::Arc;

use freehold_api::sns::{self, ListTopicsInput, ListTopicsResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use crate::Sns;
use crate::model::Topic;
use crate::operations::pages::{PAGE, page};

pub(super) async fn list_topics(
    sns: Arc<Sns>,
    call: Call,
    input: ListTopicsInput,
) -> Result<ListTopicsResponse, freehold_wire::Error> {
    let filter = Filter::account(call.account());
    let (topics, next_token) = page::<Topic>(&sns.store, &call, "", filter, input.next_token.as_deref(), PAGE)?;
    let topics = topics.into_iter().map(|topic| sns::Topic { topic_arn: Some(topic.arn) }).collect();
    Ok(ListTopicsResponse { topics: Some(topics), next_token })
}
