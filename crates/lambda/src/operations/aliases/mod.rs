//! Aliases.

mod create_alias;
mod delete_alias;
mod get_alias;
mod list_aliases;
mod update_alias;

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::lambda::{AliasConfiguration, AliasRoutingConfiguration, op};
use freehold_store::{Tx, TxExt};
use freehold_wire::Service;

use crate::Lambda;
use crate::errors::Error;
use crate::model::{Alias, Version};
use crate::names::LATEST;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(op::CreateAlias, lambda, create_alias::create_alias)
        .on(op::DeleteAlias, lambda, delete_alias::delete_alias)
        .on(op::GetAlias, lambda, get_alias::get_alias)
        .on(op::ListAliases, lambda, list_aliases::list_aliases)
        .on(op::UpdateAlias, lambda, update_alias::update_alias)
}

fn view(alias: Alias) -> AliasConfiguration {
    let weights = (!alias.weights.is_empty()).then_some(alias.weights.clone());
    AliasConfiguration {
        alias_arn: Some(alias.arn().to_owned()),
        name: Some(alias.name),
        function_version: Some(alias.version),
        description: Some(alias.description),
        routing_config: weights.map(|weights| AliasRoutingConfiguration { additional_version_weights: Some(weights) }),
        revision_id: Some(alias.revision_id),
    }
}

fn missing(arn: &str) -> Error {
    Error::NotFound(format!("Cannot find alias arn: {arn}"))
}

/// The versions of an alias must be there; two share invocations only if both are published (*API reference, CreateAlias:
/// RoutingConfig*).
fn check(tx: &mut dyn Tx, alias: &Alias) -> Result<(), Error> {
    for number in std::iter::once(&alias.version).chain(alias.weights.keys()) {
        let id = Version::id(&alias.function, number);
        tx.get::<Version>(&id)?.ok_or_else(|| Error::no_function(&id))?;
    }
    if alias.weights.is_empty() {
        return Ok(());
    }
    if alias.weights.len() > 1 {
        return Err(Error::invalid("Number of items in AdditionalVersionWeights cannot be greater than 1"));
    }
    if alias.version == LATEST || alias.weights.contains_key(LATEST) {
        return Err(Error::invalid("$LATEST is not supported for an alias pointing to more than 1 version"));
    }
    if alias.weights.contains_key(&alias.version) {
        return Err(Error::invalid(format!(
            "Invalid function version {}. Function version {} is already included in routing configuration.",
            alias.version, alias.version
        )));
    }
    Ok(())
}

fn weights(wanted: Option<AliasRoutingConfiguration>) -> Result<Option<BTreeMap<String, f64>>, Error> {
    let Some(wanted) = wanted else { return Ok(None) };
    let weights = wanted.additional_version_weights.unwrap_or_default();
    if weights.values().any(|weight| !(0.0..=1.0).contains(weight)) {
        return Err(Error::invalid("Weights of additional versions must be between 0.0 and 1.0"));
    }
    Ok(Some(weights))
}
