//! CreateAlias.

use std::sync::Arc;

use freehold_api::lambda::{AliasConfiguration, CreateAliasRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{check, view, weights};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::Alias;
use crate::names::{FunctionName, is_number};

pub(super) async fn create_alias(
    lambda: Arc<Lambda>,
    call: Call,
    input: CreateAliasRequest,
) -> Result<AliasConfiguration, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let alias = input.name.unwrap_or_default();
    if is_number(&alias) {
        return Err(Error::invalid(format!("Aliases are not numbers: {alias}")).into());
    }
    let mut alias = Alias::new(&name.arn(), &name.account, &alias, input.function_version.unwrap_or_default());
    alias.description = input.description.unwrap_or_default();
    alias.weights = weights(input.routing_config)?.unwrap_or_default();
    let made = lambda.store.transact::<_, Error, _>(move |tx| {
        lookup::function(&mut *tx, &name)?;
        if tx.get::<Alias>(alias.arn())?.is_some() {
            return Err(Error::Conflict(format!("Alias already exists: {}", alias.arn())));
        }
        check(tx, &alias)?;
        tx.put(&alias)?;
        Ok(alias)
    });
    Ok(view(made.await?))
}
