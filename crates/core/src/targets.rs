//! Delivery from one service to another where calling its crate would make a circle (SNS calls Lambda, Lambda calls
//! SNS): *deliver this payload to that ARN*. Services register what takes payloads for ARNs of theirs.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;

use crate::Arn;

/// Why a payload was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// The region has no service that takes payloads for such an ARN.
    #[error("this region has no service that takes what is sent to {0}")]
    NoService(String),
    /// Trying the same again will not help: the resource does not exist, or does not let the sender.
    #[error("{0}")]
    Refused(String),
    /// Trying again later may help.
    #[error("{0}")]
    Unavailable(String),
}

impl TargetError {
    /// Whether trying again is in vain.
    pub fn is_permanent(&self) -> bool {
        !matches!(self, Self::Unavailable(_))
    }
}

/// Who sends, for the target's own policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// `sns.amazonaws.com`
    pub service: &'static str,
    /// The topic's ARN, or that of another resource.
    pub arn: String,
}

/// What is said to a target besides the payload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extras {
    /// The message group of what goes to a FIFO queue.
    pub group: Option<String>,
    /// Attributes of a message, all of them texts: what a dead letter is told with.
    pub attributes: Vec<(&'static str, String)>,
    /// What the payload is a consequence of, as `X-Amzn-Trace-Id` has it. Targets that hand nothing on ignore it.
    pub trace: Option<String>,
    /// The sender acts by a role of its account, which lets it: within that account the target's own policy is not asked.
    pub by_role: bool,
}

/// A service that takes payloads.
#[async_trait]
pub trait Target: Send + Sync + 'static {
    /// Resolves when the payload will not be lost any more.
    async fn deliver(&self, to: &Arn, payload: &[u8], sender: &Sender) -> Result<(), TargetError>;

    /// Whether the target would take something from this sender now. Nothing is sent.
    async fn check(&self, _to: &Arn, _sender: &Sender) -> Result<(), TargetError> {
        Ok(())
    }

    /// The same for a sender that has more to say. Most targets take nothing more than the payload.
    async fn deliver_with(
        &self,
        to: &Arn,
        payload: &[u8],
        extras: &Extras,
        sender: &Sender,
    ) -> Result<(), TargetError> {
        if extras.group.is_some() || !extras.attributes.is_empty() {
            return Err(TargetError::Refused(format!("{to} takes neither message groups nor attributes")));
        }
        self.deliver(to, payload, sender).await
    }
}

/// Everything that takes payloads, by the service in its ARNs.
#[derive(Default)]
pub struct Targets {
    services: RwLock<HashMap<String, Arc<dyn Target>>>,
}

impl Targets {
    /// From now on `target` takes what is sent to ARNs of `service`: `lambda`.
    pub fn register(&self, service: &str, target: Arc<dyn Target>) {
        self.services.write().unwrap_or_else(PoisonError::into_inner).insert(service.to_owned(), target);
    }

    /// Whether anything takes what is sent to ARNs of `service`.
    pub fn has(&self, service: &str) -> bool {
        self.services.read().unwrap_or_else(PoisonError::into_inner).contains_key(service)
    }

    /// Whether what is sent to that ARN would be taken now; for whoever is to say so before there is something to send.
    pub async fn check(&self, arn: &str, sender: &Sender) -> Result<(), TargetError> {
        let (target, to) = self.find(arn)?;
        target.check(&to, sender).await
    }

    /// Delivers to whatever service the ARN is of.
    pub async fn deliver(&self, arn: &str, payload: &[u8], sender: &Sender) -> Result<(), TargetError> {
        self.deliver_with(arn, payload, &Extras::default(), sender).await
    }

    /// The same for a sender that has more to say.
    pub async fn deliver_with(
        &self,
        arn: &str,
        payload: &[u8],
        extras: &Extras,
        sender: &Sender,
    ) -> Result<(), TargetError> {
        let (target, to) = self.find(arn)?;
        target.deliver_with(&to, payload, extras, sender).await
    }

    fn find(&self, arn: &str) -> Result<(Arc<dyn Target>, Arn), TargetError> {
        let no_service = || TargetError::NoService(arn.to_owned());
        let to: Arn = arn.parse().map_err(|_| no_service())?;
        let target = self.services.read().unwrap_or_else(PoisonError::into_inner).get(&to.service).cloned();
        Ok((target.ok_or_else(no_service)?, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Picky;

    #[async_trait]
    impl Target for Picky {
        async fn deliver(&self, to: &Arn, payload: &[u8], _: &Sender) -> Result<(), TargetError> {
            match (to.resource.as_str(), payload) {
                ("function:good", b"{}") => Ok(()),
                ("function:busy", _) => Err(TargetError::Unavailable("busy".into())),
                _ => Err(TargetError::Refused("no such function".into())),
            }
        }
    }

    #[tokio::test]
    async fn a_payload_goes_to_the_service_of_the_arn() {
        let targets = Targets::default();
        let sender = Sender { service: "sns.amazonaws.com", arn: "arn:aws:sns:us-east-1:111122223333:t".into() };
        let send = async |arn: &str| targets.deliver(arn, b"{}", &sender).await;
        let good = "arn:aws:lambda:us-east-1:111122223333:function:good";
        let refused = send(good).await.unwrap_err();
        assert!(matches!(refused, TargetError::NoService(_)) && refused.is_permanent());
        targets.register("lambda", Arc::new(Picky));
        assert_eq!(send(good).await, Ok(()));
        let grouped = Extras { group: Some("g".into()), ..Extras::default() };
        assert!(targets.deliver_with(good, b"{}", &grouped, &sender).await.is_err());
        assert!(targets.has("lambda") && !targets.has("sqs"));
        assert!(!send("arn:aws:lambda:us-east-1:111122223333:function:busy").await.unwrap_err().is_permanent());
        assert!(send("arn:aws:lambda:us-east-1:111122223333:function:x").await.unwrap_err().is_permanent());
        assert!(matches!(send("no arn").await, Err(TargetError::NoService(_))));
    }
}
