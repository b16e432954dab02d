//! UpdateFunctionUrlConfig.

use std::sync::Arc;

use freehold_api::lambda::{UpdateFunctionUrlConfigRequest, UpdateFunctionUrlConfigResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{check, cors, find, named, view};
use crate::Lambda;
use crate::errors::Error;
use crate::model::{AuthType, InvokeMode};

pub(super) async fn update_function_url_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: UpdateFunctionUrlConfigRequest,
) -> Result<UpdateFunctionUrlConfigResponse, freehold_wire::Error> {
    let name = named(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    check(&lambda, &name)?;
    let now = lambda.now();
    let changed = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut url = find(&mut *tx, &name)?;
        url.auth = input.auth_type.as_deref().and_then(AuthType::parse).unwrap_or(url.auth);
        url.mode = input.invoke_mode.as_deref().and_then(InvokeMode::parse).unwrap_or(url.mode);
        if input.cors.is_some() {
            url.cors = cors(input.cors);
        }
        url.modified = now;
        tx.put(&url)?;
        Ok(url)
    });
    let seen = view(&call, changed.await?);
    Ok(UpdateFunctionUrlConfigResponse {
        function_url: seen.function_url,
        function_arn: seen.function_arn,
        auth_type: seen.auth_type,
        cors: seen.cors,
        creation_time: seen.creation_time,
        last_modified_time: seen.last_modified_time,
        invoke_mode: seen.invoke_mode,
    })
}
