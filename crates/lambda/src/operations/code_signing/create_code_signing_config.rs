//! CreateCodeSigningConfig.

use std::sync::Arc;

use freehold_api::lambda::{CreateCodeSigningConfigRequest, CreateCodeSigningConfigResponse};
use freehold_core::{Arn, ids};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::view;
use crate::Lambda;
use crate::errors::Error;
use crate::model::CodeSigningConfig;
use crate::operations::tags;

pub(super) async fn create_code_signing_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: CreateCodeSigningConfigRequest,
) -> Result<CreateCodeSigningConfigResponse, freehold_wire::Error> {
    let name = ids::generate("csc", &mut rand::rng());
    let policy = input.code_signing_policies.and_then(|policies| policies.untrusted_artifact_on_deployment);
    let publishers = input.allowed_publishers.and_then(|allowed| allowed.signing_profile_version_arns);
    let config = CodeSigningConfig {
        arn: Arn::new("lambda", &call.region, call.account(), format!("code-signing-config:{name}")).to_string(),
        account: call.account().to_owned(),
        name,
        description: input.description,
        publishers: publishers.unwrap_or_default(),
        untrusted: policy.unwrap_or_else(|| "Warn".into()),
        modified: lambda.now(),
        tags: tags::checked(input.tags.unwrap_or_default())?,
    };
    let kept = config.clone();
    lambda.store.transact::<_, Error, _>(move |tx| Ok(tx.put(&kept)?)).await?;
    Ok(CreateCodeSigningConfigResponse { code_signing_config: Some(view(config)) })
}
