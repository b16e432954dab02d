//! ListVersionsByFunction: `$LATEST` first, then by number.

use std::sync::Arc;

use freehold_api::lambda::{ListVersionsByFunctionRequest, ListVersionsByFunctionResponse};
use freehold_core::pagination::Query;
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::Version;
use crate::names::FunctionName;
use crate::operations::pages::MOST;
use crate::view;

pub(super) async fn list_versions_by_function(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListVersionsByFunctionRequest,
) -> Result<ListVersionsByFunctionResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let function = lookup::function(&lambda.store, &name)?;
    let query = Query::new([call.operation, call.account(), &*function.arn]);
    let after = match input.marker.as_deref().filter(|marker| !marker.is_empty()) {
        Some(marker) => {
            let position = query.position(marker).ok().and_then(|position| position.parse::<u64>().ok());
            position.ok_or_else(|| Error::invalid("Invalid Marker provided in request"))? + 1
        }
        None => 0,
    };
    let size = input.max_items.and_then(|size| usize::try_from(size).ok()).unwrap_or(MOST).clamp(1, MOST);
    let found = lambda.store.list::<Version>(&Filter::index(0, &*function.arn)).map_err(Error::from)?;
    // Ids sort as texts do; numbers are what callers see.
    let mut numbered: Vec<(u64, Version)> =
        found.into_iter().map(|version| (version.number.parse().unwrap_or(0), version)).collect();
    numbered.retain(|(number, _)| *number >= after);
    numbered.sort_by_key(|(number, _)| *number);
    let next_marker = (numbered.len() > size).then(|| query.token_after(&numbered[size - 1].0.to_string()));
    let seen = numbered.iter().take(size);
    let seen = seen.map(|(_, version)| view::configuration(&lambda.store, version, version.qualified_arn().to_owned()));
    Ok(ListVersionsByFunctionResponse { versions: Some(seen.collect::<Result<_, _>>()?), next_marker })
}
