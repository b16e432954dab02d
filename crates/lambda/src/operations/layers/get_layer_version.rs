//! GetLayerVersion.

use std::sync::Arc;

use freehold_api::lambda::{GetLayerVersionRequest, GetLayerVersionResponse};
use freehold_wire::Call;

use super::{find, number, view};
use crate::Lambda;
use crate::model::LayerVersion;
use crate::names;

pub(super) async fn get_layer_version(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetLayerVersionRequest,
) -> Result<GetLayerVersionResponse, freehold_wire::Error> {
    let layer = names::layer(&call, input.layer_name.as_deref())?;
    let found = find(&lambda.store, &LayerVersion::id(&layer, number(input.version_number)?))?;
    Ok(view(&lambda, &call, found))
}
