//! SetTopicAttributes: one at a time.

use std::sync::Arc;

use freehold_api::sns::SetTopicAttributesInput;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::attributes;
use crate::Sns;
use crate::operations::arns;

pub(super) async fn set_topic_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: SetTopicAttributesInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::topic(&call, "TopicArn", input.topic_arn)?;
    let (name, value) = (input.attribute_name.unwrap_or_default(), input.attribute_value.unwrap_or_default());
    sns.change_topic(&arn, move |topic| attributes::set(topic, &name, &value)).await?;
    Ok(Unit)
}
