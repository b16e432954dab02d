//! One file per operation, named as AWS names it.

mod describe_parameters;
mod get_parameter;
mod get_parameters;
mod get_parameters_by_path;

pub(crate) use describe_parameters::describe_parameters;
pub(crate) use get_parameter::get_parameter;
pub(crate) use get_parameters::get_parameters;
pub(crate) use get_parameters_by_path::get_parameters_by_path;

use freehold_core::pagination::{self, Query};

use crate::Ssm;
use crate::errors::Error;
use crate::name::Name;
use crate::parameter::Parameter;

impl Ssm {
    /// The parameter that a request names.
    fn find(&self, text: &str) -> Result<(Parameter, Option<String>), Error> {
        let name = Name::parse(text);
        let found = self.parameters().into_iter().find(|parameter| parameter.name == name.path);
        let found = found.ok_or_else(|| Error::ParameterNotFound(text.to_owned()))?;
        let selector = name.selector.map(str::to_owned);
        match &selector {
            Some(selector) if !name.selects(found.version) => Err(Error::ParameterVersionNotFound {
                name: name.path.to_owned(),
                version: selector.trim_start_matches(':').to_owned(),
            }),
            _ => Ok((found, selector)),
        }
    }
}

/// One page of parameters in the order of their names, and the token of the next.
fn page(
    mut parameters: Vec<Parameter>,
    query: &[String],
    token: Option<&str>,
    size: usize,
) -> Result<(Vec<Parameter>, Option<String>), Error> {
    let query = Query::new(query);
    parameters.sort_by_key(|parameter| parameter.name);
    if let Some(token) = token.filter(|token| !token.is_empty()) {
        let after = query.position(token)?;
        parameters.retain(|parameter| parameter.name > after.as_str());
    }
    Ok(pagination::page(parameters, size, &query, |parameter| parameter.name))
}

/// `MaxResults` within what the model allows.
fn page_size(asked: Option<i32>, default: usize) -> usize {
    asked.and_then(|size| usize::try_from(size).ok()).unwrap_or(default)
}
