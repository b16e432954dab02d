//! Queues as targets of other services: EventBridge's rules and schedules, and their dead letters.

use async_trait::async_trait;
use freehold_core::Arn;
use freehold_core::targets::{Extras, Sender, Target, TargetError};
use freehold_iam::policy::Decision;

use crate::delivery::Delivery;
use crate::messages::{Attribute, AttributeValue};
use crate::{Sqs, Undeliverable};

#[async_trait]
impl Target for Sqs {
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
        let arn = to.to_string();
        let refused = |error: Undeliverable| TargetError::Refused(error.to_string());
        if self.by_arn(&arn).is_none() {
            return Err(refused(Undeliverable::NoQueue));
        }
        let account = sender.arn.split(':').nth(4).unwrap_or_default();
        let decision = self.iam.service_may(sender.service, "sqs:SendMessage", &arn, &sender.arn, account);
        if decision != Decision::Allowed {
            return Err(TargetError::Refused(format!("The policy of {arn} does not let {} send to it.", sender.arn)));
        }
        let body = std::str::from_utf8(payload).map_err(|error| TargetError::Refused(error.to_string()))?;
        let text = |(name, value): &(&'static str, String)| {
            let attribute = Attribute { data_type: "String".into(), value: AttributeValue::Text(value.clone()) };
            ((*name).to_owned(), attribute)
        };
        let delivery = Delivery {
            body: body.to_owned(),
            attributes: extras.attributes.iter().map(text).collect(),
            group: extras.group.clone(),
            deduplication: None,
            sender_id: sender.service.to_owned(),
            trace: extras.trace.clone(),
        };
        let outgoing = self.outgoing(&arn, delivery).map_err(refused)?;
        match self.queues.send(vec![outgoing]).await {
            Ok(_) => Ok(()),
            Err(freehold_queues::Error::NoQueue) => Err(refused(Undeliverable::NoQueue)),
            Err(error) => Err(TargetError::Unavailable(error.to_string())),
        }
    }
}
