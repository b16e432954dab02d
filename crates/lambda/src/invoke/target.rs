//! Functions as targets of other services: what they send is an event, which is taken once it is on disk.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use freehold_core::targets::{Extras, Sender, Target, TargetError};
use freehold_core::{Arn, ids};

use super::{Event, MOST_ASYNCHRONOUS, PRINCIPAL, check_payload};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::Function;
use crate::names::FunctionName;

/// What takes payloads for functions.
pub struct FunctionTarget(pub Arc<Lambda>);

#[async_trait]
impl Target for FunctionTarget {
    async fn check(&self, to: &Arn, sender: &Sender) -> Result<(), TargetError> {
        self.0.target(to, sender, false).map(drop)
    }

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
        if extras.group.is_some() || !extras.attributes.is_empty() {
            return Err(TargetError::Refused(format!("{to} takes neither message groups nor attributes")));
        }
        let lambda = &self.0;
        let (function, name) = lambda.target(to, sender, extras.by_role)?;
        let payload = check_payload(Some(Bytes::copy_from_slice(payload)), MOST_ASYNCHRONOUS).map_err(refused)?;
        let event = Event::new(ids::uuid(), name.qualifier, payload, lambda.now());
        let event = Event { trace_id: extras.trace.clone(), ..event };
        lambda.enqueue(&function, event).await.map_err(refused)
    }
}

impl Lambda {
    /// The function, if it is there and lets the sender.
    fn target(&self, to: &Arn, sender: &Sender, by_role: bool) -> Result<(Function, FunctionName), TargetError> {
        let name = FunctionName::parse(&to.to_string(), &self.region, &to.account)
            .ok_or_else(|| TargetError::Refused(format!("{to} is not a function's ARN")))?;
        let function = lookup::function(&self.store, &name).map_err(refused)?;
        lookup::qualified(&self.store, &name).map_err(refused)?;
        // What a function tells another was asked of its role before it came here; services need the function's leave.
        let is_let = by_role && sender.arn.split(':').nth(4) == Some(&function.account);
        if sender.service != PRINCIPAL && !is_let && !self.service_may_invoke(&name, sender.service, &sender.arn) {
            return Err(TargetError::Refused(format!(
                "the policy of {to} does not let {} invoke it for {}",
                sender.service, sender.arn
            )));
        }
        Ok((function, name))
    }
}

fn refused(error: Error) -> TargetError {
    match error {
        Error::Service(reason) => TargetError::Unavailable(reason),
        error => TargetError::Refused(error.to_string()),
    }
}
