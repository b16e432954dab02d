//! GetParametersByPath: the parameters of a hierarchy.

use std::sync::Arc;

use freehold_api::ssm::{GetParametersByPathRequest, GetParametersByPathResult};
use freehold_wire::Call;

use super::{page, page_size};
use crate::Ssm;
use crate::errors::Error;
use crate::filters::{Filter, is_below};

const PAGE: usize = 10;

pub(crate) async fn get_parameters_by_path(
    ssm: Arc<Ssm>,
    call: Call,
    input: GetParametersByPathRequest,
) -> Result<GetParametersByPathResult, freehold_wire::Error> {
    let path = input.path.unwrap_or_default();
    if !path.starts_with('/') {
        return Err(Error::ValidationException(
            "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward \
             slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive)."
                .into(),
        )
        .into());
    }
    let recursive = input.recursive.unwrap_or(false);
    let fingerprint =
        [call.operation.to_owned(), path.clone(), recursive.to_string(), format!("{:?}", input.parameter_filters)];
    let filters: Vec<Filter> =
        input.parameter_filters.unwrap_or_default().into_iter().map(Filter::read).collect::<Result<_, _>>()?;
    let mut parameters = ssm.parameters();
    // The root of the hierarchy is that of the caller's own parameters.
    parameters.retain(|parameter| {
        path != "/"
            && is_below(parameter.name, &path, recursive)
            && filters.iter().all(|filter| filter.selects(parameter))
    });
    let size = page_size(input.max_results, PAGE);
    let (parameters, next_token) = page(parameters, &fingerprint, input.next_token.as_deref(), size)?;
    let parameters = parameters.into_iter().map(|parameter| parameter.view(&call.region, None)).collect();
    Ok(GetParametersByPathResult { parameters: Some(parameters), next_token })
}
