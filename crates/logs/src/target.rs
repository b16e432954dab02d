//! Log groups as targets of other services: an event of EventBridge becomes a log event. A service may write where a
//! resource policy of the account lets it, and nowhere else (*EventBridge user guide, Using resource-based policies*).

use async_trait::async_trait;
use freehold_core::Arn;
use freehold_core::targets::{Sender, Target, TargetError};
use freehold_iam::policy::{Context, Decision, Kind, Policy, Question, evaluate};
use freehold_store::{Filter, StoreExt};

use crate::Logs;
use crate::errors::Error;
use crate::events::{NewEvent, Place};
use crate::model::{Group, ResourcePolicy};

/// What a service must be allowed to do.
const ACTIONS: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];

#[async_trait]
impl Target for Logs {
    async fn deliver(&self, to: &Arn, payload: &[u8], sender: &Sender) -> Result<(), TargetError> {
        let name = to.resource.strip_prefix("log-group:").unwrap_or_default();
        let name = name.strip_suffix(":*").unwrap_or(name);
        let unavailable = |error: Error| TargetError::Unavailable(error.to_string());
        let found = self.store.get::<Group>(&Group::id_of(&to.account, name));
        let group = found.map_err(|error| unavailable(error.into()))?;
        let group = group.ok_or_else(|| TargetError::Refused(Error::NoGroup.to_string()))?;
        // As the one who puts names its streams is not said: each source has its own.
        let stream = sender.arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
        let resource = format!("{}:log-stream:{stream}", group.arn(&self.region));
        if !self.lets(&group.account, &resource, sender).map_err(unavailable)? {
            let sentence = format!("No resource policy of {} lets {} write to {name}.", to.account, sender.service);
            return Err(TargetError::Refused(sentence));
        }
        let message = std::str::from_utf8(payload).map_err(|error| TargetError::Refused(error.to_string()))?;
        self.write(&group, stream, message.to_owned()).await.map_err(unavailable)
    }
}

impl Logs {
    /// Whether the account's policies let a service write.
    fn lets(&self, account: &str, resource: &str, sender: &Sender) -> Result<bool, Error> {
        let documents = self.store.list::<ResourcePolicy>(&Filter::account(account))?;
        let policies: Vec<Policy> =
            documents.iter().filter_map(|policy| Policy::parse(&policy.document, Kind::Resource).ok()).collect();
        let source_account = sender.arn.split(':').nth(4).unwrap_or_default();
        let context = Context::default()
            .with("aws:SourceArn", &sender.arn)
            .with("aws:SourceAccount", source_account)
            .with("aws:PrincipalIsAWSService", "true")
            .with("aws:PrincipalServiceName", sender.service);
        let service = Some(sender.service);
        let is_allowed = |action| {
            let question = Question { action, resource, context: &context, arns: &[], account: "", service };
            evaluate(&policies, &question) == Decision::Allowed
        };
        Ok(ACTIONS.into_iter().all(is_allowed))
    }

    async fn write(&self, group: &Group, stream: String, message: String) -> Result<(), Error> {
        let now = self.now();
        let at = now.as_millisecond();
        self.events.create_stream(group.number, stream.clone(), at).await?;
        let place = Place { at, number: self.events.numbers(1) };
        let is_there = self.take(group, now, stream, vec![NewEvent { place, message }]).await?;
        if is_there { Ok(()) } else { Err(Error::NoStream) }
    }
}
