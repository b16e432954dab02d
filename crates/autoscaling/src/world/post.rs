//! Topics, queues and event buses.

use freehold_api::{events, sns, sqs};
use freehold_core::Arn;
use freehold_wire::Error;
use serde::Deserialize;
use serde_json::Value;

use super::World;
use crate::model::Letter;

/// The body of a letter to an event bus.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    kind: String,
    resources: Vec<String>,
    detail: Value,
}

impl World {
    /// Sends a letter to the topic, queue or event bus that it is for.
    pub async fn send(&self, letter: &Letter) -> Result<(), Error> {
        let to: Arn = letter.to.parse().map_err(|_| Error::sender("InvalidParameter", "not an ARN"))?;
        match to.service.as_str() {
            "sns" => {
                let input = sns::PublishInput {
                    topic_arn: Some(letter.to.clone()),
                    subject: Some(letter.subject.clone()),
                    message: Some(letter.body.clone()),
                    ..Default::default()
                };
                self.call::<sns::op::Publish>(&letter.account, input).await.map(drop)
            }
            "sqs" => {
                // The end of an address says which queue it is.
                let input = sqs::SendMessageRequest {
                    queue_url: Some(format!("/{}/{}", to.account, to.resource)),
                    message_body: Some(letter.body.clone()),
                    ..Default::default()
                };
                self.call::<sqs::op::SendMessage>(&letter.account, input).await.map(drop)
            }
            "events" => {
                let told: Told = serde_json::from_str(&letter.body)
                    .map_err(|error| Error::sender("InvalidParameter", error.to_string()))?;
                let entry = events::PutEventsRequestEntry {
                    source: Some("aws.autoscaling".into()),
                    detail_type: Some(told.kind),
                    resources: Some(told.resources),
                    detail: Some(told.detail.to_string()),
                    event_bus_name: Some(letter.to.clone()),
                    ..Default::default()
                };
                let input = events::PutEventsRequest { entries: Some(vec![entry]), ..Default::default() };
                self.call::<events::op::PutEvents>(&letter.account, input).await.map(drop)
            }
            other => Err(Error::sender("InvalidParameter", format!("nothing is sent to {other}"))),
        }
    }
}
