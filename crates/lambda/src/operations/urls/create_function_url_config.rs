//! CreateFunctionUrlConfig.

use std::sync::Arc;

use freehold_api::lambda::{CreateFunctionUrlConfigRequest, CreateFunctionUrlConfigResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use rand::Rng;

use super::{cors, named, view};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::{AuthType, FunctionUrl, InvokeMode};

/// Characters of the first label of an address.
const LABEL: usize = 32;

pub(super) async fn create_function_url_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: CreateFunctionUrlConfigRequest,
) -> Result<CreateFunctionUrlConfigResponse, freehold_wire::Error> {
    let name = named(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let auth = input.auth_type.as_deref().and_then(AuthType::parse);
    let auth = auth.ok_or_else(|| Error::invalid("AuthType must be NONE or AWS_IAM"))?;
    let mode = input.invoke_mode.as_deref().map_or(Some(InvokeMode::Buffered), InvokeMode::parse);
    let mode = mode.ok_or_else(|| Error::invalid("InvokeMode must be BUFFERED or RESPONSE_STREAM"))?;
    let now = lambda.now();
    let url = FunctionUrl {
        arn: name.qualified_arn(),
        function: name.arn(),
        account: name.account.clone(),
        qualifier: name.qualifier.clone(),
        host: label(),
        auth,
        mode,
        cors: cors(input.cors),
        created: now,
        modified: now,
    };
    let made = lambda.store.transact::<_, Error, _>(move |tx| {
        lookup::qualified(&mut *tx, &name)?;
        if tx.get::<FunctionUrl>(&url.arn)?.is_some() {
            return Err(Error::Conflict(format!(
                "Failed to create function url config for [functionArn = {}]. Error message:  FunctionUrlConfig exists for \
                 this Lambda function",
                url.arn
            )));
        }
        tx.put(&url)?;
        Ok(url)
    });
    let seen = view(&call, made.await?);
    Ok(CreateFunctionUrlConfigResponse {
        function_url: seen.function_url,
        function_arn: seen.function_arn,
        auth_type: seen.auth_type,
        cors: seen.cors,
        creation_time: seen.creation_time,
        invoke_mode: seen.invoke_mode,
    })
}

fn label() -> String {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut random = rand::rng();
    (0..LABEL).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect()
}
