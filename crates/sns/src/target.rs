//! Topics as targets of other services: EventBridge's rules and schedules.

use std::sync::Arc;

use async_trait::async_trait;
use freehold_api::sns::MessageAttributeValue;
use freehold_core::Arn;
use freehold_core::targets::{Extras, Sender, Target, TargetError};
use freehold_iam::policy::Decision;

use crate::Sns;
use crate::errors::Error;
use crate::publish::Draft;

/// Publishes what other services send to topics.
pub struct TopicTarget(pub Arc<Sns>);

#[async_trait]
impl Target for TopicTarget {
    async fn deliver(&self, to: &Arn, payload: &[u8], sender: &Sender) -> Result<(), TargetError> {
        self.deliver_with(to, payload, &Extras::default(), sender).await
    }

    async fn deliver_with(
        &self,
        to: &Arn,
        payload: &[u8],
        extras: &Extras,
        sender: &Sender,
    ) -> Result<(), TargetError> {
        if extras.group.is_some() {
            return Err(TargetError::Refused(format!("{to} takes no message groups")));
        }
        let arn = to.to_string();
        let account = sender.arn.split(':').nth(4).unwrap_or_default();
        let (service, source) = (sender.service, &sender.arn);
        let topic = self.0.topic(&arn).map_err(failed)?;
        let decision = self.0.sqs.iam().service_may(service, "sns:Publish", &arn, source, account);
        if decision != Decision::Allowed {
            return Err(TargetError::Refused(format!("The policy of {arn} does not let {source} publish to it.")));
        }
        let message = std::str::from_utf8(payload).map_err(|error| TargetError::Refused(error.to_string()))?;
        let text = |(name, value): &(&'static str, String)| {
            let (data_type, string_value) = (Some("String".into()), Some(value.clone()));
            ((*name).to_owned(), MessageAttributeValue { data_type, string_value, ..MessageAttributeValue::default() })
        };
        let draft = Draft {
            message: message.to_owned(),
            attributes: extras.attributes.iter().map(text).collect(),
            trace: extras.trace.clone(),
            ..Draft::default()
        };
        let message = draft.check(Some(&topic.topic)).map_err(failed)?;
        self.0.publish(&arn, "", vec![message]).await.map_err(failed)?;
        Ok(())
    }
}

fn failed(error: Error) -> TargetError {
    if error.is_senders() {
        TargetError::Refused(error.to_string())
    } else {
        TargetError::Unavailable(error.to_string())
    }
}
