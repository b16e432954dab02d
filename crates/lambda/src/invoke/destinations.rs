//! Telling outcomes: what the function's role may send to, through the target router.

use freehold_core::targets::{Extras, Sender, TargetError};

use super::PRINCIPAL;
use super::event::Telling;
use crate::Lambda;

impl Lambda {
    /// Resolves when it will not be lost any more.
    pub(crate) async fn deliver(&self, telling: &Telling) -> Result<(), TargetError> {
        let service = telling.to.split(':').nth(2).unwrap_or_default();
        if let Some(action) = action(service) {
            self.need(telling, action)?;
        }
        let known = |name: &str| super::answer::DEAD_LETTER_ATTRIBUTES.into_iter().find(|known| *known == name);
        let attributes = telling.attributes.iter().filter_map(|(name, value)| Some((known(name)?, value.clone())));
        let extras = Extras { attributes: attributes.collect(), trace: telling.trace.clone(), ..Extras::default() };
        let sender = Sender { service: PRINCIPAL, arn: telling.source.clone() };
        self.targets.deliver_with(&telling.to, telling.body.as_bytes(), &extras, &sender).await
    }

    /// The function's role must allow it.
    fn need(&self, telling: &Telling, action: &str) -> Result<(), TargetError> {
        match self.iam.service_role_may(&telling.role, PRINCIPAL, action, &telling.to) {
            Ok(true) => Ok(()),
            Ok(false) => {
                let to = &telling.to;
                Err(TargetError::Refused(format!("the function's role does not allow {action} on {to}")))
            }
            Err(error) => Err(TargetError::Refused(error.to_string())),
        }
    }
}

/// What a role needs to send to a service's resources.
pub(crate) fn action(service: &str) -> Option<&'static str> {
    match service {
        "sqs" => Some("sqs:SendMessage"),
        "sns" => Some("sns:Publish"),
        "events" => Some("events:PutEvents"),
        "lambda" => Some("lambda:InvokeFunction"),
        _ => None,
    }
}
