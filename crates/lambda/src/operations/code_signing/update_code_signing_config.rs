//! UpdateCodeSigningConfig.

use std::sync::Arc;

use freehold_api::lambda::{UpdateCodeSigningConfigRequest, UpdateCodeSigningConfigResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{find, view};
use crate::Lambda;
use crate::errors::Error;

pub(super) async fn update_code_signing_config(
    lambda: Arc<Lambda>,
    _: Call,
    input: UpdateCodeSigningConfigRequest,
) -> Result<UpdateCodeSigningConfigResponse, freehold_wire::Error> {
    let arn = input.code_signing_config_arn.unwrap_or_default();
    let publishers = input.allowed_publishers.and_then(|allowed| allowed.signing_profile_version_arns);
    let policy = input.code_signing_policies.and_then(|policies| policies.untrusted_artifact_on_deployment);
    let now = lambda.now();
    let changed = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut config = find(&mut *tx, &arn)?;
        config.description = input.description.or(config.description);
        config.publishers = publishers.unwrap_or(config.publishers);
        config.untrusted = policy.unwrap_or(config.untrusted);
        config.modified = now;
        tx.put(&config)?;
        Ok(config)
    });
    Ok(UpdateCodeSigningConfigResponse { code_signing_config: Some(view(changed.await?)) })
}
