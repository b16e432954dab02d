//! Functions as targets of other services: what they send is an event, which is taken once it is on disk.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use freehold_core::targets::{Sender, Target, TargetError};
use freehold_core::{Arn, ids};

use super::{Event, MOST_ASYNCHRONOUS, PRINCIPAL, check_payload};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::names::FunctionName;

/// What takes payloads for functions.
pub struct FunctionTarget(pub Arc<Lambda>);

#[async_trait]
impl Target for FunctionTarget {
    async fn deliver(&self, to: &Arn, payload: &[u8], sender: &Sender) -> Result<(), TargetError> {
        let lambda = &self.0;
        let name = FunctionName::parse(&to.to_string(), &lambda.region, &to.account)
            .ok_or_else(|| TargetError::Refused(format!("{to} is not a function's ARN")))?;
        let function = lookup::function(&lambda.store, &name).map_err(refused)?;
        lookup::qualified(&lambda.store, &name).map_err(refused)?;
        // What a function tells another was asked of its role before it came here; services need the function's leave.
        if sender.service != PRINCIPAL && !lambda.service_may_invoke(&name, sender.service, &sender.arn) {
            return Err(TargetError::Refused(format!(
                "the policy of {to} does not let {} invoke it for {}",
                sender.service, sender.arn
            )));
        }
        let payload = check_payload(Some(Bytes::copy_from_slice(payload)), MOST_ASYNCHRONOUS).map_err(refused)?;
        let event = Event::new(ids::uuid(), name.qualifier, payload, lambda.now());
        lambda.enqueue(&function, event).await.map_err(refused)
    }
}

fn refused(error: Error) -> TargetError {
    match error {
        Error::Service(reason) => TargetError::Unavailable(reason),
        error => TargetError::Refused(error.to_string()),
    }
}
