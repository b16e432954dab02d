//! GetFunctionUrlConfig.

use std::sync::Arc;

use freehold_api::lambda::{GetFunctionUrlConfigRequest, GetFunctionUrlConfigResponse};
use freehold_wire::Call;

use super::{check, find, named, view};
use crate::Lambda;

pub(super) async fn get_function_url_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionUrlConfigRequest,
) -> Result<GetFunctionUrlConfigResponse, freehold_wire::Error> {
    let name = named(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    check(&lambda, &name)?;
    Ok(view(&call, find(&lambda.store, &name)?))
}
