//! ListLayerVersions: the newest first.

use std::sync::Arc;

use freehold_api::lambda::{ListLayerVersionsRequest, ListLayerVersionsResponse};
use freehold_core::pagination::Query;
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::{is_compatible, item};
use crate::Lambda;
use crate::errors::Error;
use crate::model::LayerVersion;
use crate::names;
use crate::operations::pages::MOST;

pub(super) async fn list_layer_versions(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListLayerVersionsRequest,
) -> Result<ListLayerVersionsResponse, freehold_wire::Error> {
    let layer = names::layer(&call, input.layer_name.as_deref())?;
    let query = Query::new([call.operation, call.account(), &*layer]);
    let before = match input.marker.as_deref().filter(|marker| !marker.is_empty()) {
        Some(marker) => {
            let position = query.position(marker).ok().and_then(|position| position.parse::<u64>().ok());
            position.ok_or_else(|| Error::invalid("Invalid Marker provided in request"))?
        }
        None => u64::MAX,
    };
    let size = input.max_items.and_then(|size| usize::try_from(size).ok()).unwrap_or(MOST).clamp(1, MOST);
    let (runtime, architecture) = (input.compatible_runtime.as_deref(), input.compatible_architecture.as_deref());
    let mut found = lambda.store.list::<LayerVersion>(&Filter::index(0, layer)).map_err(Error::from)?;
    found.retain(|version| {
        !version.is_deleted && version.number < before && is_compatible(version, runtime, architecture)
    });
    found.sort_by_key(|version| std::cmp::Reverse(version.number));
    let next_marker = (found.len() > size).then(|| query.token_after(&found[size - 1].number.to_string()));
    found.truncate(size);
    Ok(ListLayerVersionsResponse { layer_versions: Some(found.into_iter().map(item).collect()), next_marker })
}
