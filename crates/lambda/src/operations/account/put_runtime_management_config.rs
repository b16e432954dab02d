//! PutRuntimeManagementConfig. A runtime has one version here, the host's, so that all that can be wanted is to have it.

use std::sync::Arc;

use freehold_api::lambda::{PutRuntimeManagementConfigRequest, PutRuntimeManagementConfigResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::RuntimeManagement;
use crate::names::{FunctionName, LATEST};

pub(super) async fn put_runtime_management_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutRuntimeManagementConfigRequest,
) -> Result<PutRuntimeManagementConfigResponse, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let update_on = input.update_runtime_on.unwrap_or_default();
    if update_on == "Manual" || input.runtime_version_arn.is_some() {
        return Err(Error::invalid(
            "UpdateRuntimeOn: runtimes of this region have one version, the host's; there is no other to stay with.",
        )
        .into());
    }
    let qualifier = name.qualifier.clone().unwrap_or_else(|| LATEST.to_owned());
    let (arn, kept) = (format!("{}:{qualifier}", name.arn()), update_on.clone());
    let done = lambda.store.transact::<_, Error, _>(move |tx| {
        lookup::qualified(&mut *tx, &name)?;
        let mut function = lookup::function(&mut *tx, &name)?;
        function.runtime_management.insert(qualifier, RuntimeManagement { update_on: kept });
        Ok(tx.put(&function)?)
    });
    done.await?;
    Ok(PutRuntimeManagementConfigResponse {
        update_runtime_on: Some(update_on),
        function_arn: Some(arn),
        runtime_version_arn: None,
    })
}
