//! How invocations that nobody waits for are tried again, and where their outcomes go.

mod delete_function_event_invoke_config;
mod get_function_event_invoke_config;
mod list_function_event_invoke_configs;
mod put_function_event_invoke_config;
mod update_function_event_invoke_config;

use std::sync::Arc;

use freehold_api::lambda::{DestinationConfig, FunctionEventInvokeConfig, OnFailure, OnSuccess, op};
use freehold_wire::Service;

use crate::Lambda;
use crate::errors::Error;
use crate::invoke::PRINCIPAL;
use crate::invoke::destinations::action;
use crate::lookup;
use crate::model::EventInvoke;
use crate::names::{FunctionName, LATEST};

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(
            op::DeleteFunctionEventInvokeConfig,
            lambda,
            delete_function_event_invoke_config::delete_function_event_invoke_config,
        )
        .on(
            op::GetFunctionEventInvokeConfig,
            lambda,
            get_function_event_invoke_config::get_function_event_invoke_config,
        )
        .on(
            op::ListFunctionEventInvokeConfigs,
            lambda,
            list_function_event_invoke_configs::list_function_event_invoke_configs,
        )
        .on(
            op::PutFunctionEventInvokeConfig,
            lambda,
            put_function_event_invoke_config::put_function_event_invoke_config,
        )
        .on(
            op::UpdateFunctionEventInvokeConfig,
            lambda,
            update_function_event_invoke_config::update_function_event_invoke_config,
        )
}

/// The ARN of what is configured; it has `$LATEST` where nothing else was named.
fn id(name: &FunctionName) -> String {
    format!("{}:{}", name.arn(), name.qualifier.as_deref().unwrap_or(LATEST))
}

fn missing(id: &str) -> Error {
    Error::NotFound(format!("The function {id} doesn't have an EventInvokeConfig"))
}

fn view(config: EventInvoke) -> FunctionEventInvokeConfig {
    FunctionEventInvokeConfig {
        last_modified: Some(config.modified),
        function_arn: Some(config.arn),
        maximum_retry_attempts: config.retries.and_then(|retries| i32::try_from(retries).ok()),
        maximum_event_age_in_seconds: config.max_age.and_then(|age| i32::try_from(age).ok()),
        destination_config: Some(DestinationConfig {
            on_success: Some(OnSuccess { destination: config.on_success }),
            on_failure: Some(OnFailure { destination: config.on_failure }),
        }),
    }
}

/// What a request sets.
struct Wanted {
    retries: Option<i32>,
    max_age: Option<i32>,
    destinations: Option<DestinationConfig>,
}

impl Wanted {
    /// Puts it in; what is not mentioned stays.
    fn apply(self, config: &mut EventInvoke) {
        let number = |wanted: Option<i32>| wanted.and_then(|number| u32::try_from(number).ok());
        config.retries = number(self.retries).or(config.retries);
        config.max_age = number(self.max_age).or(config.max_age);
        let Some(destinations) = self.destinations else { return };
        let named = |wanted: Option<String>| wanted.filter(|wanted| !wanted.is_empty());
        if let Some(wanted) = destinations.on_success {
            config.on_success = named(wanted.destination);
        }
        if let Some(wanted) = destinations.on_failure {
            config.on_failure = named(wanted.destination);
        }
    }
}

/// The role of the function must be able to send to the destinations, and somebody must take what is sent there.
fn check_destinations(lambda: &Lambda, name: &FunctionName, wanted: Option<&DestinationConfig>) -> Result<(), Error> {
    let Some(wanted) = wanted else { return Ok(()) };
    let success = wanted.on_success.as_ref().and_then(|to| to.destination.as_deref());
    let failure = wanted.on_failure.as_ref().and_then(|to| to.destination.as_deref());
    let role = lookup::version(&lambda.store, name)?.settings.role;
    for to in [success, failure].into_iter().flatten().filter(|to| !to.is_empty()) {
        let service = to.split(':').nth(2).unwrap_or_default();
        let Some(action) = action(service).filter(|_| !to.ends_with(".fifo")) else {
            return Err(Error::invalid(format!("The destination ARN {to} is invalid.")));
        };
        if *to == name.arn() || *to == name.qualified_arn() {
            return Err(Error::invalid("You can't specify the function as a destination for itself."));
        }
        let may = lambda.iam.service_role_may(&role, PRINCIPAL, action, to).unwrap_or(false);
        if !may {
            let (_, operation) = action.split_once(':').unwrap_or_default();
            return Err(Error::invalid(format!(
                "The provided execution role does not have permissions to call {operation} on {}",
                service.to_ascii_uppercase()
            )));
        }
    }
    Ok(())
}
