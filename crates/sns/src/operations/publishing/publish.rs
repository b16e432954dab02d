//! Publish: to a topic, to a device, or to a phone. The last two have no network to leave by and are recorded.

use std::sync::Arc;

use freehold_api::sns::{PublishInput, PublishResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use crate::Sns;
use crate::errors::Error;
use crate::model::{Channel, Device, Outgone};
use crate::operations::arns;
use crate::operations::subscriptions::is_phone;
use crate::publish::{Draft, Message};

pub(super) async fn publish(
    sns: Arc<Sns>,
    call: Call,
    mut input: PublishInput,
) -> Result<PublishResponse, freehold_wire::Error> {
    let (topic, target, phone) = (input.topic_arn.take(), input.target_arn.take(), input.phone_number.take());
    let draft = Draft { trace: call.trace.clone(), ..Draft::from(input) };
    let response = match (topic, target, phone) {
        (Some(topic), None, None) => to_topic(&sns, &call, "TopicArn", topic, draft).await?,
        (None, Some(target), None) if is_device(&target) => to_device(&sns, &call, target, draft).await?,
        (None, Some(target), None) => to_topic(&sns, &call, "TargetArn", target, draft).await?,
        (None, None, Some(phone)) => to_phone(&sns, &call, phone, draft).await?,
        (None, None, None) => {
            return Err(Error::InvalidParameter(
                "TopicArn or TargetArn Reason: no value for required parameter".into(),
            )
            .into());
        }
        _ => {
            return Err(Error::InvalidParameter(
                "TopicArn, TargetArn and PhoneNumber Reason: only one of them may be there".into(),
            )
            .into());
        }
    };
    Ok(response)
}

async fn to_topic(
    sns: &Arc<Sns>,
    call: &Call,
    name: &str,
    arn: String,
    draft: Draft,
) -> Result<PublishResponse, Error> {
    let arn = arns::topic(call, name, Some(arn))?;
    let message = draft.check(Some(&sns.topic(&arn)?.topic))?;
    let receipts = sns.publish(&arn, &call.endpoint, vec![message]).await?;
    let receipt = receipts.into_iter().next().ok_or(Error::Internal)?;
    Ok(PublishResponse { message_id: Some(receipt.id), sequence_number: receipt.sequence })
}

fn is_device(arn: &str) -> bool {
    arn.splitn(6, ':').nth(5).is_some_and(|resource| resource.starts_with("endpoint/"))
}

async fn to_device(sns: &Arc<Sns>, call: &Call, arn: String, draft: Draft) -> Result<PublishResponse, Error> {
    let arn = arns::push(call, "TargetArn", "endpoint", Some(arn))?;
    let message = draft.check(None)?;
    let device = sns.store.get::<Device>(&arn)?;
    let device = device
        .filter(|device| device.account == call.account())
        .ok_or_else(|| Error::reason("TargetArn", "No endpoint found for the target arn specified"))?;
    if !device.is_enabled() {
        return Err(Error::EndpointDisabled);
    }
    let text = message.texts.named(device.platform()).to_owned();
    record(sns, call, Channel::Push, arn, message, text).await
}

async fn to_phone(sns: &Arc<Sns>, call: &Call, phone: String, draft: Draft) -> Result<PublishResponse, Error> {
    if !phone.starts_with('+') || !is_phone(&phone) {
        return Err(Error::reason("PhoneNumber", format!("{phone} is not valid to publish to")));
    }
    let message = draft.check(None)?;
    let text = message.texts.named("sms").to_owned();
    record(sns, call, Channel::Sms, phone, message, text).await
}

async fn record(
    sns: &Arc<Sns>,
    call: &Call,
    channel: Channel,
    to: String,
    message: Message,
    text: String,
) -> Result<PublishResponse, Error> {
    let id = freehold_core::ids::uuid();
    let outgone = Outgone {
        key: String::new(),
        account: call.account().to_owned(),
        channel,
        to,
        message_id: id.clone(),
        topic: None,
        subject: message.subject,
        message: text,
        at: sns.now(),
    };
    sns.record(outgone).await?;
    Ok(PublishResponse { message_id: Some(id), sequence_number: None })
}
