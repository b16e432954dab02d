//! PutFunctionCodeSigningConfig. It is asked for when code is uploaded next.

use std::sync::Arc;

use freehold_api::lambda::{PutFunctionCodeSigningConfigRequest, PutFunctionCodeSigningConfigResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::find;
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::names::FunctionName;

pub(super) async fn put_function_code_signing_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutFunctionCodeSigningConfigRequest,
) -> Result<PutFunctionCodeSigningConfigResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let arn = input.code_signing_config_arn.unwrap_or_default();
    let kept = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut function = lookup::function(&mut *tx, &name)?;
        function.code_signing_config = Some(find(&mut *tx, &arn)?.arn);
        tx.put(&function)?;
        Ok(function)
    });
    let function = kept.await?;
    Ok(PutFunctionCodeSigningConfigResponse {
        code_signing_config_arn: function.code_signing_config,
        function_name: Some(function.name),
    })
}
