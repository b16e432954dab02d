//! Functions: code and configuration.

mod create_function;
mod delete_function;
mod get_function;
mod get_function_configuration;
mod list_functions;
mod update_function_code;
mod update_function_configuration;
mod vpc;

use std::sync::Arc;

use freehold_api::lambda::op;
use freehold_store::{Filter, Tx, TxExt};
use freehold_wire::Service;

use crate::Lambda;
use crate::errors::Error;
use crate::model::{Function, LayerVersion, State, Update, Version};

pub(super) use get_function::code_location;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(op::CreateFunction, lambda, create_function::create_function)
        .on(op::DeleteFunction, lambda, delete_function::delete_function)
        .on(op::GetFunction, lambda, get_function::get_function)
        .on(op::GetFunctionConfiguration, lambda, get_function_configuration::get_function_configuration)
        .on(op::ListFunctions, lambda, list_functions::list_functions)
        .on(op::UpdateFunctionCode, lambda, update_function_code::update_function_code)
        .on(op::UpdateFunctionConfiguration, lambda, update_function_configuration::update_function_configuration)
}

/// What assumes the roles of functions.
pub(super) const PRINCIPAL: &str = "lambda.amazonaws.com";
/// Bytes of all packages of an account's functions and layers (*Developer guide, Lambda quotas: storage*).
pub(crate) const MOST_STORED: u64 = 75 << 30;
/// Unpacked bytes of a function and its layers.
const MOST_UNPACKED: u64 = 250 << 20;

/// The role must be there, in the caller's account, and trust Lambda.
pub(super) fn check_role(lambda: &Lambda, account: &str, role: &str) -> Result<(), Error> {
    if role.split(':').nth(4).is_some_and(|owner| owner != account) {
        return Err(Error::invalid("Cross-account pass role is not allowed."));
    }
    match lambda.iam.check_service_role(role, PRINCIPAL) {
        Ok(()) => Ok(()),
        Err(freehold_iam::NotTrusted::Store(error)) => Err(error.into()),
        Err(_) => Err(Error::invalid("The role defined for the function cannot be assumed by Lambda.")),
    }
}

/// The runtime must be one that the node has.
pub(super) async fn check_runtime(lambda: &Lambda, runtime: &str) -> Result<(), Error> {
    let known = lambda.node.runtimes().await.map_err(|error| Error::Service(error.to_string()))?;
    if known.iter().any(|known| known == runtime) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}]: these are \
         what this host can run.",
        known.join(", ")
    )))
}

/// Layers must be there and be the caller's to use, and all of it must not be too large. What the function had `before` it
/// keeps, whether it was deleted meanwhile or not.
pub(super) fn check_layers(tx: &mut dyn Tx, account: &str, version: &Version, before: &[String]) -> Result<(), Error> {
    let mut unpacked = version.code.unpacked;
    for arn in &version.settings.layers {
        let is_kept = before.contains(arn);
        let found = tx.get::<LayerVersion>(arn)?.filter(|layer| is_kept || !layer.is_deleted);
        let layer = found.ok_or_else(|| Error::invalid(format!("Layer version {arn} does not exist.")))?;
        let is_allowed =
            layer.account == account || layer.allowed.values().any(|allowed| allowed == "*" || allowed == account);
        if !is_allowed && !is_kept {
            return Err(Error::invalid(format!(
                "Account {account} is not authorized to perform: lambda:GetLayerVersion on resource: {arn}"
            )));
        }
        unpacked += layer.code.unpacked;
    }
    if unpacked > MOST_UNPACKED {
        return Err(Error::invalid(format!(
            "Function code combined with layers exceeds the maximum allowed size of {MOST_UNPACKED} bytes. The actual \
             size is {unpacked} bytes."
        )));
    }
    Ok(())
}

/// Adds up what the account stores, with `more` bytes to come.
pub(super) fn check_storage(tx: &mut dyn Tx, account: &str, more: u64) -> Result<(), Error> {
    let functions = tx.list::<Version>(&Filter::account(account))?;
    let layers = tx.list::<LayerVersion>(&Filter::account(account))?;
    let stored: u64 = functions.iter().map(|version| version.code.size).sum::<u64>()
        + layers.iter().filter(|layer| !layer.is_deleted).map(|layer| layer.code.size).sum::<u64>();
    if stored + more > MOST_STORED { Err(Error::CodeStorageExceeded) } else { Ok(()) }
}

/// `$LATEST` of a function that is to be changed: nothing else may be under way.
pub(super) fn changeable(tx: &mut dyn Tx, arn: &str, revision: Option<&str>) -> Result<Version, Error> {
    let missing = || Error::no_function(arn);
    let version = tx.get::<Version>(&Version::id(arn, crate::names::LATEST))?.ok_or_else(missing)?;
    if revision.is_some_and(|revision| revision != version.revision_id) {
        return Err(Error::PreconditionFailed("GetFunction/GetAlias"));
    }
    if version.state == State::Pending {
        return Err(Error::Conflict(
            "The operation cannot be performed at this time. The function is currently in the following state: Pending"
                .into(),
        ));
    }
    if version.update == Update::InProgress {
        return Err(Error::Conflict(format!(
            "The operation cannot be performed at this time. An update is in progress for resource: {arn}"
        )));
    }
    Ok(version)
}

/// Gives what `$LATEST` is now a number. What was published last is the answer if nothing has changed since.
pub(super) fn publish(tx: &mut dyn Tx, arn: &str, description: Option<String>) -> Result<Version, Error> {
    let missing = || Error::no_function(arn);
    let mut function = tx.get::<Function>(arn)?.ok_or_else(missing)?;
    let latest = tx.get::<Version>(&Version::id(arn, crate::names::LATEST))?.ok_or_else(missing)?;
    let newest = tx
        .list::<Version>(&Filter::index(0, arn))?
        .into_iter()
        .filter_map(|version| Some((version.number.parse::<u64>().ok()?, version)))
        .max_by_key(|(number, _)| *number);
    if let Some((_, version)) = newest {
        let mut settings = version.settings.clone();
        settings.description.clone_from(&latest.settings.description);
        if version.code == latest.code && settings == latest.settings {
            return Ok(version);
        }
    }
    let mut version = latest.published(function.next_version);
    if let Some(description) = description {
        version.settings.description = description;
    }
    function.next_version += 1;
    tx.put(&function)?;
    tx.put(&version)?;
    Ok(version)
}
