//! ListLayers: each with its newest version that fits.

use std::sync::Arc;

use freehold_api::lambda::{LayersListItem, ListLayersRequest, ListLayersResponse};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::{is_compatible, item};
use crate::Lambda;
use crate::errors::Error;
use crate::model::{Layer, LayerVersion};
use crate::operations::pages::Page;

pub(super) async fn list_layers(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListLayersRequest,
) -> Result<ListLayersResponse, freehold_wire::Error> {
    let (runtime, architecture) = (input.compatible_runtime.as_deref(), input.compatible_architecture.as_deref());
    let newest = |layer: &Layer| -> Result<Option<LayerVersion>, Error> {
        let versions = lambda.store.list::<LayerVersion>(&Filter::index(0, &*layer.arn))?;
        let fit =
            versions.into_iter().filter(|version| !version.is_deleted && is_compatible(version, runtime, architecture));
        Ok(fit.max_by_key(|version| version.number))
    };
    let page = Page { call: &call, about: "", marker: input.marker.as_deref(), size: input.max_items };
    let (layers, next_marker) = page.read::<Layer>(&lambda.store, Filter::account(call.account()))?;
    let mut seen = Vec::new();
    for layer in layers {
        // A layer whose versions are all deleted is none.
        if let Some(version) = newest(&layer)? {
            seen.push(LayersListItem {
                layer_name: Some(layer.name),
                layer_arn: Some(layer.arn),
                latest_matching_version: Some(item(version)),
            });
        }
    }
    Ok(ListLayersResponse { layers: Some(seen), next_marker })
}
