//! DeleteTopic: the topic with its subscriptions. One that does not exist is deleted already.

use std::sync::Arc;

use freehold_api::sns::DeleteTopicInput;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Sns;
use crate::errors::Error;
use crate::model::{AbandonedQueue, Subscription, Token, Topic};
use crate::operations::arns;

pub(super) async fn delete_topic(
    sns: Arc<Sns>,
    call: Call,
    input: DeleteTopicInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::topic(&call, "TopicArn", input.topic_arn)?;
    let id = arn.clone();
    sns.store
        .transact::<_, Error, _>(move |tx| {
            let Some(topic) = tx.get::<Topic>(&id)? else { return Ok(()) };
            tx.delete::<Topic>(&id)?;
            let mut queues: Vec<_> = topic.published.into_iter().collect();
            for subscription in tx.list::<Subscription>(&Filter::index(0, &id))? {
                tx.delete::<Subscription>(&subscription.arn)?;
                queues.extend(subscription.queue);
            }
            for token in tx.list::<Token>(&Filter::index(1, &id))? {
                tx.delete::<Token>(&token.token)?;
            }
            for queue in queues {
                tx.put(&AbandonedQueue::new(&topic.account, queue))?;
            }
            Ok(())
        })
        .await?;
    sns.registry.refresh_topic(&arn).map_err(Error::from)?;
    Ok(Unit)
}
