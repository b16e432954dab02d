//! Subscribe. Endpoints that belong to the caller's account are told from now on; others are asked first, and the
//! subscription waits for their token.

use std::sync::Arc;
use std::time::Duration;

use freehold_api::sns::{SubscribeInput, SubscribeResponse};
use freehold_queues::{Outgoing, new_queue_id};
use freehold_sqs::Delivery;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::set_subscription_attributes::check_filters;
use super::{attributes, endpoints};
use crate::Sns;
use crate::deliver;
use crate::errors::Error;
use crate::model::{Kind, Notification, Protocol, State, Subscription, Token, Topic};
use crate::operations::arns;
use crate::registry::LiveTopic;

/// What stands for the ARN of a subscription that waits.
const PENDING: &str = "pending confirmation";

pub(super) async fn subscribe(
    sns: Arc<Sns>,
    call: Call,
    input: SubscribeInput,
) -> Result<SubscribeResponse, freehold_wire::Error> {
    let arn = arns::topic(&call, "TopicArn", input.topic_arn)?;
    let topic = sns.topic(&arn)?;
    let protocol = endpoints::protocol(&input.protocol.unwrap_or_default())?;
    let endpoint = input.endpoint.unwrap_or_default();
    endpoints::check(protocol, &endpoint)?;
    check_kind(&topic.topic, protocol, &endpoint)?;
    let wanted = input.attributes.unwrap_or_default();
    let mut subscription = Subscription {
        arn: format!("{arn}:{}", freehold_core::ids::uuid()),
        topic: arn,
        account: call.account().to_owned(),
        principal: call.principal.arn.to_string(),
        protocol,
        state: state(&call, protocol, &endpoint),
        endpoint,
        attributes: Default::default(),
        queue: (protocol != Protocol::Sqs).then(new_queue_id),
        created: sns.now(),
    };
    attributes::set_all(&mut subscription, &wanted).map_err(|error| unknown(error, &wanted))?;
    if subscription.attributes.contains_key("FilterPolicy") {
        check_filters(&topic)?;
    }
    let subscription = keep(&sns, subscription, wanted.keys().cloned().collect()).await?;
    if subscription.state == State::Pending {
        ask(&sns, &call, &topic, &subscription).await?;
    }
    let is_shown = subscription.is_confirmed() || input.return_subscription_arn.unwrap_or(false);
    let shown = if is_shown { subscription.arn } else { PENDING.to_owned() };
    Ok(SubscribeResponse { subscription_arn: Some(shown) })
}

/// Whether the endpoint must be asked: people and web servers always, what is of another account than the caller's too.
fn state(call: &Call, protocol: Protocol, endpoint: &str) -> State {
    let is_others = endpoints::account(protocol, endpoint).is_some_and(|account| account != call.account());
    if protocol.is_asked() || is_others {
        return State::Pending;
    }
    State::Confirmed { authenticated: true, authenticate_on_unsubscribe: false }
}

/// *Developer guide, Message delivery for FIFO topics*: they deliver to queues only, and FIFO queues to nobody else's.
fn check_kind(topic: &Topic, protocol: Protocol, endpoint: &str) -> Result<(), Error> {
    match (topic.is_fifo(), protocol == Protocol::Sqs) {
        (true, false) => {
            let why = format!("FIFO SNS topics can not deliver to endpoints of protocol {}", protocol.name());
            Err(Error::reason("Endpoint", why))
        }
        (false, true) if endpoint.ends_with(".fifo") => Err(Error::InvalidParameter(
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics".into(),
        )),
        _ => Ok(()),
    }
}

/// Subscribe speaks of attributes that do not exist in words of its own.
fn unknown(error: Error, wanted: &std::collections::BTreeMap<String, String>) -> Error {
    match error {
        Error::InvalidParameter(what) if what == "AttributeName" => {
            let names: Vec<&str> = wanted.keys().map(String::as_str).collect();
            Error::reason("Attributes", format!("Unknown attribute among {}", names.join(", ")))
        }
        error => error,
    }
}

/// Writes the subscription, or finds the one that the endpoint has already.
async fn keep(sns: &Arc<Sns>, subscription: Subscription, mentioned: Vec<String>) -> Result<Subscription, Error> {
    let (arn, queue) = (subscription.arn.clone(), subscription.queue);
    if let Some(queue) = queue {
        sns.queues.configure(queue, deliver::settings());
    }
    let kept = sns
        .store
        .transact::<_, Error, _>(move |tx| {
            if tx.get::<Topic>(&subscription.topic)?.is_none() {
                return Err(Error::no_topic());
            }
            let key = Subscription::key(&subscription.topic, subscription.protocol, &subscription.endpoint);
            if let Some(found) = tx.list::<Subscription>(&Filter::index(1, key))?.into_iter().next() {
                let differs =
                    mentioned.iter().any(|name| found.attributes.get(name) != subscription.attributes.get(name));
                return match differs {
                    true => Err(Error::reason("Attributes", "Subscription already exists with different attributes")),
                    false => Ok(found),
                };
            }
            tx.put(&subscription)?;
            Ok(subscription)
        })
        .await;
    match (&kept, queue) {
        (Ok(kept), _) if kept.arn == arn => sns.registry.refresh_subscription(&arn)?,
        // It was made for nothing, and has never had a message.
        (_, Some(queue)) => sns.queues.remove(queue).await?,
        _ => {}
    }
    kept
}

/// Sends a token to the endpoint.
async fn ask(sns: &Arc<Sns>, call: &Call, topic: &LiveTopic, subscription: &Subscription) -> Result<(), Error> {
    let now = sns.now();
    let kept = Token::new(subscription, now);
    let token = kept.token.clone();
    sns.store.transact::<_, Error, _>(move |tx| Ok(tx.put(&kept)?)).await?;
    let message = format!(
        "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the SubscribeURL included in \
         this message.",
        subscription.topic
    );
    let notification = Notification {
        kind: Kind::SubscriptionConfirmation { token },
        id: freehold_core::ids::uuid(),
        topic: subscription.topic.clone(),
        subject: None,
        message,
        attributes: Default::default(),
        published: now.as_millisecond(),
        endpoint: call.endpoint.clone(),
        trace: None,
    };
    let outgoing = match subscription.queue {
        Some(queue) => {
            let content = notification.encode().map_err(|error| {
                tracing::error!(%error, "a question cannot be written");
                Error::Internal
            })?;
            let (id, delay) = (rand::random(), Duration::ZERO);
            Outgoing { queue, id, content, delay, group: None, deduplication: None }
        }
        None => match to_queue(sns, topic, subscription, &notification).await? {
            Some(outgoing) => outgoing,
            None => return Ok(()),
        },
    };
    match sns.queues.send(vec![outgoing]).await {
        Ok(_) => {}
        // Whatever it was is gone meanwhile, and needs not be asked.
        Err(freehold_queues::Error::NoQueue) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    if let Some(live) = sns.registry.subscription(&subscription.arn) {
        sns.couriers.wake(sns, &live);
    }
    Ok(())
}

/// The question for a queue of another account; `None` if it does not let the topic ask.
async fn to_queue(
    sns: &Arc<Sns>,
    topic: &LiveTopic,
    subscription: &Subscription,
    notification: &Notification,
) -> Result<Option<Outgoing>, Error> {
    let to = &subscription.endpoint;
    if !sns.sqs.may_send(to, &subscription.topic) {
        return Ok(None);
    }
    let is_fifo = to.ends_with(".fifo");
    let delivery = Delivery {
        body: deliver::asking(sns, topic, notification).await?,
        attributes: Vec::new(),
        group: is_fifo.then(|| notification.id.clone()),
        deduplication: is_fifo.then(|| notification.id.clone()),
        sender_id: topic.topic.account.clone(),
        trace: None,
    };
    Ok(sns.sqs.outgoing(to, delivery).ok())
}
