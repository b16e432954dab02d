//! GetCodeSigningConfig.

use std::sync::Arc;

use freehold_api::lambda::{GetCodeSigningConfigRequest, GetCodeSigningConfigResponse};
use freehold_wire::Call;

use super::{find, view};
use crate::Lambda;

pub(super) async fn get_code_signing_config(
    lambda: Arc<Lambda>,
    _: Call,
    input: GetCodeSigningConfigRequest,
) -> Result<GetCodeSigningConfigResponse, freehold_wire::Error> {
    let found = find(&lambda.store, &input.code_signing_config_arn.unwrap_or_default())?;
    Ok(GetCodeSigningConfigResponse { code_signing_config: Some(view(found)) })
}
