//! Functions that are targets: whether one may be, and what becomes of a request that a node has for one.

use freehold_balancer::functions::contract::{Ask, Reason};
use freehold_core::functions::InvokeError;
use freehold_core::targets::Sender;
use freehold_store::{Filter, StoreExt};

use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, LoadBalancer, Rule, TargetGroup, Uses};

/// Whom a function's policy has to let in, for a target group.
fn sender(group: &str) -> Sender {
    Sender { service: "elasticloadbalancing.amazonaws.com", arn: group.to_owned() }
}

impl Elb {
    /// Whether the function may be registered in the group.
    pub(crate) fn check_function(&self, group: &str, function: &str) -> Result<(), Error> {
        self.functions.admits(function, &sender(group)).map_err(|error| match error {
            InvokeError::NotFound(_) => Error::InvalidTarget(format!("The function '{function}' does not exist")),
            InvokeError::Denied(_) => Error::AccessDenied { function: function.to_owned(), group: group.to_owned() },
            error => {
                tracing::error!(%error, function, "a function cannot be looked at");
                Error::Internal
            }
        })
    }

    /// Runs a function for a balancer's node, if it is a target of a group that the balancer forwards to: a node that was
    /// taken over reaches no other.
    pub(crate) async fn run_function(&self, balancer: &str, ask: &Ask, event: Vec<u8>) -> Result<Vec<u8>, Reason> {
        let is_its = self.is_target(balancer, ask).unwrap_or_else(|error| {
            tracing::error!(%error, "targets cannot be read");
            false
        });
        if !is_its {
            tracing::warn!(balancer, function = ask.function, "a node asked for a function that is no target of its");
            return Err(Reason::AccessDenied);
        }
        self.functions.invoke(&ask.function, event, &sender(&ask.group)).await.map_err(|error| {
            tracing::debug!(%error, function = ask.function, "a function gave no answer");
            reason(&error)
        })
    }

    fn is_target(&self, balancer: &str, ask: &Ask) -> Result<bool, freehold_store::Error> {
        let Some(balancer) = self.store.get::<LoadBalancer>(balancer)?.filter(|balancer| !balancer.deleted) else {
            return Ok(false);
        };
        let listeners = self.store.list::<Listener>(&Filter::index(0, &balancer.arn))?;
        let rules = self.store.list::<Rule>(&Filter::index(1, &balancer.arn))?;
        if !Uses::new(&listeners, &rules).is_used(&ask.group) {
            return Ok(false);
        }
        let group = self.store.get::<TargetGroup>(&ask.group)?;
        Ok(group.is_some_and(|group| group.present(self.now()).any(|target| target.id == ask.function)))
    }
}

/// *User Guide, Access logs: Error reason codes.*
fn reason(error: &InvokeError) -> Reason {
    match error {
        InvokeError::NotFound(_) => Reason::ResourceNotFound,
        InvokeError::Denied(_) => Reason::AccessDenied,
        InvokeError::Throttled => Reason::Throttling,
        InvokeError::TooLarge => Reason::RequestTooLarge,
        InvokeError::Unhandled => Reason::Unhandled,
        InvokeError::Failed(_) => Reason::ServiceException,
    }
}
