//! GetAlias.

use std::sync::Arc;

use freehold_api::lambda::{AliasConfiguration, GetAliasRequest};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::{missing, view};
use crate::Lambda;
use crate::errors::Error;
use crate::model::Alias;
use crate::names::FunctionName;

pub(super) async fn get_alias(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetAliasRequest,
) -> Result<AliasConfiguration, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let id = Alias::id(&name.arn(), &input.name.unwrap_or_default());
    let found = lambda.store.get::<Alias>(&id).map_err(Error::from)?;
    Ok(view(found.ok_or_else(|| missing(&id))?))
}
