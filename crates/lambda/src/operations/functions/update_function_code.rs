//! UpdateFunctionCode: `$LATEST` gets other code. Invocations have the old one until the new one is in place.

use std::sync::Arc;

use freehold_api::lambda::{FunctionConfiguration, UpdateFunctionCodeRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::create_function::{architecture, check_signature, refuse_elsewhere};
use super::{changeable, check_layers, check_storage, publish};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::{CodeSigningConfig, Dismissed, Function};
use crate::names::FunctionName;
use crate::view;

pub(super) async fn update_function_code(
    lambda: Arc<Lambda>,
    call: Call,
    input: UpdateFunctionCodeRequest,
) -> Result<FunctionConfiguration, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    lookup::function(&lambda.store, &name)?;
    refuse_elsewhere(input.s3_bucket.as_deref(), input.image_uri.as_deref(), input.source_kms_key_arn.as_deref())?;
    if input.publish_to.is_some() {
        return Err(Error::invalid("PublishTo: this region has no capacity providers.").into());
    }
    let architecture = input.architectures.as_deref().map(|wanted| architecture(Some(wanted))).transpose()?;
    let package = input.zip_file.ok_or_else(|| Error::invalid("Please provide a source for function code."))?;
    let is_dry = input.dry_run == Some(true);
    let code = lambda.packages.take(package, !is_dry).await?;
    let (arn, now, publishes) = (name.arn(), lambda.now(), input.publish == Some(true));
    let changed = lambda
        .store
        .transact::<_, Error, _>(move |tx| {
            let mut latest = changeable(tx, &arn, input.revision_id.as_deref())?;
            let function = tx.get::<Function>(&arn)?.ok_or_else(|| Error::no_function(&arn))?;
            if let Some(config) = &function.code_signing_config
                && let Some(config) = tx.get::<CodeSigningConfig>(config)?
            {
                check_signature(&config)?;
            }
            let dropped = latest.build.clone();
            latest.code = code;
            latest.settings.architecture = architecture.unwrap_or(latest.settings.architecture);
            latest.change(now);
            check_layers(tx, &latest.account.clone(), &latest, &latest.settings.layers)?;
            check_storage(tx, &latest.account.clone(), latest.code.size)?;
            if is_dry {
                return Ok(latest);
            }
            // A build that failed was never used.
            if latest.live.as_ref() != Some(&dropped) {
                tx.put(&Dismissed::build(&latest.account, &dropped))?;
            }
            tx.put(&latest)?;
            if publishes { publish(tx, &arn, None) } else { Ok(latest) }
        })
        .await?;
    let arn = if changed.is_latest() { changed.function.clone() } else { changed.qualified_arn().to_owned() };
    Ok(view::configuration(&lambda.store, &changed, arn)?)
}
