//! Topics and queues.

use freehold_api::{sns, sqs};
use freehold_core::Arn;
use freehold_wire::Error;

use super::World;
use crate::model::Letter;

impl World {
    /// Sends a letter to the topic or queue that it is for.
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
            other => Err(Error::sender("InvalidParameter", format!("nothing is sent to {other}"))),
        }
    }
}
