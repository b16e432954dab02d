//! PublishVersion.

use std::sync::Arc;

use freehold_api::lambda::{FunctionConfiguration, PublishVersionRequest};
use freehold_store::StoreExt;
use freehold_wire::Call;

use crate::Lambda;
use crate::errors::Error;
use crate::names::FunctionName;
use crate::operations::functions::{changeable, publish};
use crate::view;

pub(super) async fn publish_version(
    lambda: Arc<Lambda>,
    call: Call,
    input: PublishVersionRequest,
) -> Result<FunctionConfiguration, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    if input.publish_to.is_some() {
        return Err(Error::invalid("PublishTo: this region has no capacity providers.").into());
    }
    let arn = name.arn();
    let published = lambda.store.transact::<_, Error, _>(move |tx| {
        let latest = changeable(tx, &arn, input.revision_id.as_deref())?;
        if let Some(sha256) = input.code_sha256.filter(|sha256| *sha256 != latest.code.sha256) {
            return Err(Error::invalid(format!(
                "CodeSHA256 ({sha256}) is different from current CodeSHA256 in $LATEST ({}). Please try again with the \
                 CodeSHA256 in $LATEST.",
                latest.code.sha256
            )));
        }
        publish(tx, &arn, input.description)
    });
    let version = published.await?;
    let arn = version.qualified_arn().to_owned();
    Ok(view::configuration(&lambda.store, &version, arn)?)
}
