//! DescribeParameters: the caller's own parameters, of which there are none yet; the public ones if a filter names
//! them.

use std::sync::Arc;

use freehold_api::ssm::{DescribeParametersRequest, DescribeParametersResult};
use freehold_wire::Call;

use super::{page, page_size};
use crate::Ssm;
use crate::errors::Error;
use crate::filters::Filter;

const PAGE: usize = 50;

pub(crate) async fn describe_parameters(
    ssm: Arc<Ssm>,
    call: Call,
    input: DescribeParametersRequest,
) -> Result<DescribeParametersResult, freehold_wire::Error> {
    let fingerprint = [
        call.operation.to_owned(),
        call.account().to_owned(),
        format!("{:?}", (&input.filters, &input.parameter_filters, &input.shared)),
    ];
    let (old, new) = (input.filters.unwrap_or_default(), input.parameter_filters.unwrap_or_default());
    if !old.is_empty() && !new.is_empty() {
        let message = "You can use either Filters or ParameterFilters in a single request.";
        return Err(Error::ValidationException(message.into()).into());
    }
    let filters: Vec<Filter> =
        old.into_iter().map(Filter::read_old).chain(new.into_iter().map(Filter::read)).collect::<Result<_, _>>()?;
    // What others shared with the caller's account is not public, and nobody shares anything yet.
    let is_public = filters.iter().any(Filter::is_public) && !input.shared.unwrap_or(false);
    let mut parameters = if is_public { ssm.parameters() } else { Vec::new() };
    parameters.retain(|parameter| filters.iter().all(|filter| filter.selects(parameter)));
    let size = page_size(input.max_results, PAGE);
    let (parameters, next_token) = page(parameters, &fingerprint, input.next_token.as_deref(), size)?;
    let parameters = parameters.into_iter().map(|parameter| parameter.metadata(&call.region)).collect();
    Ok(DescribeParametersResult { parameters: Some(parameters), next_token })
}
