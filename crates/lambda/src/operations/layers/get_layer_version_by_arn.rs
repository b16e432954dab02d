//! GetLayerVersionByArn.

use std::sync::Arc;

use freehold_api::lambda::{GetLayerVersionByArnRequest, GetLayerVersionResponse};
use freehold_wire::Call;

use super::{find, view};
use crate::Lambda;
use crate::errors::Error;
use crate::names;

pub(super) async fn get_layer_version_by_arn(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetLayerVersionByArnRequest,
) -> Result<GetLayerVersionResponse, freehold_wire::Error> {
    let arn = input.arn.unwrap_or_default();
    if names::layer_version(&arn).is_none() {
        return Err(Error::invalid(format!("{arn} is not the ARN of a version of a layer")).into());
    }
    let found = find(&lambda.store, &arn)?;
    Ok(view(&lambda, &call, found))
}
