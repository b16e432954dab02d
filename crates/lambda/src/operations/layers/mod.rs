//! Layers and their versions.

mod add_layer_version_permission;
mod delete_layer_version;
mod get_layer_version;
mod get_layer_version_by_arn;
mod get_layer_version_policy;
mod list_layer_versions;
mod list_layers;
mod publish_layer_version;
mod remove_layer_version_permission;

use std::sync::Arc;

use freehold_api::lambda::{GetLayerVersionResponse, LayerVersionContentOutput, LayerVersionsListItem, op};
use freehold_wire::{Call, Service};

use crate::Lambda;
use crate::errors::Error;
use crate::lookup::Reader;
use crate::model::{LayerVersion, modified};
use crate::operations::functions::code_location;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(op::AddLayerVersionPermission, lambda, add_layer_version_permission::add_layer_version_permission)
        .on(op::DeleteLayerVersion, lambda, delete_layer_version::delete_layer_version)
        .on(op::GetLayerVersion, lambda, get_layer_version::get_layer_version)
        .on(op::GetLayerVersionByArn, lambda, get_layer_version_by_arn::get_layer_version_by_arn)
        .on(op::GetLayerVersionPolicy, lambda, get_layer_version_policy::get_layer_version_policy)
        .on(op::ListLayerVersions, lambda, list_layer_versions::list_layer_versions)
        .on(op::ListLayers, lambda, list_layers::list_layers)
        .on(op::PublishLayerVersion, lambda, publish_layer_version::publish_layer_version)
        .on(op::RemoveLayerVersionPermission, lambda, remove_layer_version_permission::remove_layer_version_permission)
}

/// The version, unless it was deleted.
fn find(mut from: impl Reader, id: &str) -> Result<LayerVersion, Error> {
    let found = from.read::<LayerVersion>(id)?.filter(|layer| !layer.is_deleted);
    found.ok_or_else(Error::no_resource)
}

fn number(wanted: Option<i64>) -> Result<u64, Error> {
    let found = wanted.and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0);
    found.ok_or_else(|| Error::invalid("Layer Version Cannot be less than 1."))
}

fn is_compatible(layer: &LayerVersion, runtime: Option<&str>, architecture: Option<&str>) -> bool {
    let has = |list: &[String], wanted: Option<&str>| wanted.is_none_or(|wanted| list.iter().any(|one| one == wanted));
    has(&layer.runtimes, runtime) && has(&layer.architectures, architecture)
}

fn some(list: Vec<String>) -> Option<Vec<String>> {
    (!list.is_empty()).then_some(list)
}

fn view(lambda: &Lambda, call: &Call, layer: LayerVersion) -> GetLayerVersionResponse {
    GetLayerVersionResponse {
        content: Some(LayerVersionContentOutput {
            location: Some(code_location(lambda, call, &layer.code)),
            code_size: i64::try_from(layer.code.size).ok(),
            code_sha256: Some(layer.code.sha256),
            ..LayerVersionContentOutput::default()
        }),
        layer_arn: Some(layer.layer),
        layer_version_arn: Some(layer.arn),
        description: layer.description,
        created_date: Some(modified(layer.created)),
        version: i64::try_from(layer.number).ok(),
        compatible_architectures: some(layer.architectures),
        compatible_runtimes: some(layer.runtimes),
        license_info: layer.license,
    }
}

fn item(layer: LayerVersion) -> LayerVersionsListItem {
    LayerVersionsListItem {
        layer_version_arn: Some(layer.arn),
        version: i64::try_from(layer.number).ok(),
        description: layer.description,
        created_date: Some(modified(layer.created)),
        compatible_architectures: some(layer.architectures),
        compatible_runtimes: some(layer.runtimes),
        license_info: layer.license,
    }
}
