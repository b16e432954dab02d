//! UpdateAlias.

use std::sync::Arc;

use freehold_api::lambda::{AliasConfiguration, UpdateAliasRequest};
use freehold_core::ids;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{check, missing, view, weights};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::Alias;
use crate::names::FunctionName;

pub(super) async fn update_alias(
    lambda: Arc<Lambda>,
    call: Call,
    input: UpdateAliasRequest,
) -> Result<AliasConfiguration, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let id = Alias::id(&name.arn(), &input.name.unwrap_or_default());
    let weights = weights(input.routing_config)?;
    let changed = lambda.store.transact::<_, Error, _>(move |tx| {
        lookup::function(&mut *tx, &name)?;
        let mut alias = tx.get::<Alias>(&id)?.ok_or_else(|| missing(&id))?;
        if input.revision_id.is_some_and(|revision| revision != alias.revision_id) {
            return Err(Error::PreconditionFailed("GetFunction/GetAlias"));
        }
        alias.version = input.function_version.unwrap_or(alias.version);
        alias.description = input.description.unwrap_or(alias.description);
        alias.weights = weights.unwrap_or(alias.weights);
        alias.revision_id = ids::uuid();
        check(tx, &alias)?;
        tx.put(&alias)?;
        Ok(alias)
    });
    Ok(view(changed.await?))
}
