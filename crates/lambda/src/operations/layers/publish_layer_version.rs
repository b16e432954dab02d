//! PublishLayerVersion.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::lambda::{PublishLayerVersionRequest, PublishLayerVersionResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::view;
use crate::Lambda;
use crate::errors::Error;
use crate::model::{Layer, LayerVersion};
use crate::names;
use crate::operations::functions::check_storage;

pub(super) async fn publish_layer_version(
    lambda: Arc<Lambda>,
    call: Call,
    input: PublishLayerVersionRequest,
) -> Result<PublishLayerVersionResponse, freehold_wire::Error> {
    let layer = names::layer(&call, input.layer_name.as_deref())?;
    let content = input.content.unwrap_or_default();
    if content.s3_bucket.is_some() {
        return Err(Error::invalid("S3Bucket: this region has no S3 (yet). Send the package itself as ZipFile.").into());
    }
    let package = content.zip_file.ok_or_else(|| Error::invalid("Please provide a source for the layer's content."))?;
    let code = lambda.packages.take(package, true).await?;
    let name = layer.rsplit(':').next().unwrap_or_default().to_owned();
    let account = call.account().to_owned();
    let mut version = LayerVersion {
        arn: String::new(),
        layer: layer.clone(),
        account: account.clone(),
        name: name.clone(),
        number: 0,
        code,
        description: input.description,
        created: lambda.now(),
        runtimes: input.compatible_runtimes.unwrap_or_default(),
        architectures: input.compatible_architectures.unwrap_or_default(),
        license: input.license_info,
        permissions: None,
        allowed: BTreeMap::new(),
        is_deleted: false,
    };
    let made = lambda.store.transact::<_, Error, _>(move |tx| {
        check_storage(tx, &account, version.code.size)?;
        let fresh = Layer { arn: layer.clone(), account, name, next_version: 1 };
        let mut counter = tx.get::<Layer>(&layer)?.unwrap_or(fresh);
        version.number = counter.next_version;
        version.arn = LayerVersion::id(&layer, version.number);
        counter.next_version += 1;
        tx.put(&counter)?;
        tx.put(&version)?;
        Ok(version)
    });
    let seen = view(&lambda, &call, made.await?);
    Ok(PublishLayerVersionResponse {
        content: seen.content,
        layer_arn: seen.layer_arn,
        layer_version_arn: seen.layer_version_arn,
        description: seen.description,
        created_date: seen.created_date,
        version: seen.version,
        compatible_architectures: seen.compatible_architectures,
        compatible_runtimes: seen.compatible_runtimes,
        license_info: seen.license_info,
    })
}
