//! GetParameter.

use std::sync::Arc;

use freehold_api::ssm::{GetParameterRequest, GetParameterResult};
use freehold_wire::{Call, Error};

use crate::Ssm;

/// `WithDecryption` means nothing for parameters that are not encrypted (*API reference, GetParameter*).
pub(crate) async fn get_parameter(
    ssm: Arc<Ssm>,
    call: Call,
    input: GetParameterRequest,
) -> Result<GetParameterResult, Error> {
    let (parameter, selector) = ssm.find(&input.name.unwrap_or_default())?;
    Ok(GetParameterResult { parameter: Some(parameter.view(&call.region, selector)) })
}
