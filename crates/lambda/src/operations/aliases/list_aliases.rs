//! ListAliases.

use std::sync::Arc;

use freehold_api::lambda::{ListAliasesRequest, ListAliasesResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use super::view;
use crate::Lambda;
use crate::lookup;
use crate::model::Alias;
use crate::names::FunctionName;
use crate::operations::pages::Page;

pub(super) async fn list_aliases(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListAliasesRequest,
) -> Result<ListAliasesResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let function = lookup::function(&lambda.store, &name)?;
    let version = input.function_version.unwrap_or_default();
    let about = format!("{} {version}", function.arn);
    let page = Page { call: &call, about: &about, marker: input.marker.as_deref(), size: input.max_items };
    let is_wanted = |alias: &Alias| version.is_empty() || alias.version == version;
    let (aliases, next_marker) = page.read_some(&lambda.store, Filter::index(0, &*function.arn), is_wanted)?;
    Ok(ListAliasesResponse { aliases: Some(aliases.into_iter().map(view).collect()), next_marker })
}
