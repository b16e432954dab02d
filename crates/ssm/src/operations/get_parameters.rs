//! GetParameters: up to ten at once; those that do not exist are listed apart.

use std::sync::Arc;

use freehold_api::ssm::{GetParametersRequest, GetParametersResult};
use freehold_wire::Call;

use crate::Ssm;
use crate::errors::Error;

pub(crate) async fn get_parameters(
    ssm: Arc<Ssm>,
    call: Call,
    input: GetParametersRequest,
) -> Result<GetParametersResult, freehold_wire::Error> {
    let names = input.names.unwrap_or_default();
    if names.iter().enumerate().any(|(position, name)| names[..position].contains(name)) {
        return Err(Error::ValidationException("Duplicate parameter names in the request.".into()).into());
    }
    let (mut parameters, mut invalid) = (Vec::new(), Vec::new());
    for name in names {
        match ssm.find(&name) {
            Ok((parameter, selector)) => parameters.push(parameter.view(&call.region, selector)),
            Err(_) => invalid.push(name),
        }
    }
    Ok(GetParametersResult { parameters: Some(parameters), invalid_parameters: Some(invalid) })
}
