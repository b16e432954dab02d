//! GetLayerVersionPolicy.

use std::sync::Arc;

use freehold_api::lambda::{GetLayerVersionPolicyRequest, GetLayerVersionPolicyResponse};
use freehold_wire::Call;

use super::{find, number};
use crate::Lambda;
use crate::errors::Error;
use crate::model::LayerVersion;
use crate::names;

pub(super) async fn get_layer_version_policy(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetLayerVersionPolicyRequest,
) -> Result<GetLayerVersionPolicyResponse, freehold_wire::Error> {
    let layer = names::layer(&call, input.layer_name.as_deref())?;
    let found = find(&lambda.store, &LayerVersion::id(&layer, number(input.version_number)?))?;
    let missing = || Error::NotFound("No policy is associated with the given resource.".into());
    let permissions = found.permissions.ok_or_else(missing)?;
    Ok(GetLayerVersionPolicyResponse { policy: Some(permissions.policy), revision_id: Some(permissions.revision_id) })
}
