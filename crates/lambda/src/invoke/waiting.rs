//! Functions as other services run them and wait: a load balancer for a client of its own.

use async_trait::async_trait;
use freehold_core::Arn;
use freehold_core::functions::{Functions, InvokeError};
use freehold_core::targets::Sender;

use super::{FunctionTarget, Invocation, MOST_SYNCHRONOUS, check_payload, failure_of};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::names::FunctionName;

#[async_trait]
impl Functions for FunctionTarget {
    fn admits(&self, function: &str, sender: &Sender) -> Result<(), InvokeError> {
        self.0.admitted(function, sender).map(drop)
    }

    async fn invoke(&self, function: &str, event: Vec<u8>, sender: &Sender) -> Result<Vec<u8>, InvokeError> {
        let lambda = &self.0;
        let name = lambda.admitted(function, sender)?;
        let event = check_payload(Some(event.into()), MOST_SYNCHRONOUS).map_err(|error| refused(error, function))?;
        let resolved = lambda.resolve(&name).map_err(|error| refused(error, function))?;
        let ran = lambda.run(&resolved, Invocation::new(event)).await.map_err(|error| refused(error, function))?;
        match failure_of(&ran.report.outcome) {
            None => Ok(ran.payload.into()),
            Some(_) => Err(InvokeError::Unhandled),
        }
    }
}

impl Lambda {
    /// The function that a service may invoke.
    fn admitted(&self, function: &str, sender: &Sender) -> Result<FunctionName, InvokeError> {
        let missing = || InvokeError::NotFound(function.to_owned());
        let arn: Arn = function.parse().map_err(|_| missing())?;
        let name = FunctionName::parse(function, &self.region, &arn.account).filter(|name| name.region == self.region);
        let name = name.ok_or_else(missing)?;
        lookup::function(&self.store, &name).map_err(|error| refused(error, function))?;
        lookup::qualified(&self.store, &name).map_err(|error| refused(error, function))?;
        match self.service_may_invoke(&name, sender.service, &sender.arn) {
            true => Ok(name),
            false => Err(InvokeError::Denied(function.to_owned())),
        }
    }
}

fn refused(error: Error, function: &str) -> InvokeError {
    match error {
        Error::NotFound(_) => InvokeError::NotFound(function.to_owned()),
        Error::TooManyRequests { .. } => InvokeError::Throttled,
        Error::RequestTooLarge(_) => InvokeError::TooLarge,
        error => InvokeError::Failed(error.to_string()),
    }
}
