//! DeleteAlias, with what belongs to it. To delete what is not there is no error.

use std::sync::Arc;

use freehold_api::lambda::DeleteAliasRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::metering;
use crate::model::{Alias, EventInvoke, FunctionUrl};
use crate::names::FunctionName;

pub(super) async fn delete_alias(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteAliasRequest,
) -> Result<Unit, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let alias = input.name.unwrap_or_default();
    let id = Alias::id(&name.arn(), &alias);
    let now = lambda.now();
    let deleted = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut function = lookup::function(&mut *tx, &name)?;
        if function.policies.remove(&alias).is_some() {
            tx.put(&function)?;
        }
        tx.delete::<Alias>(&id)?;
        tx.delete::<EventInvoke>(&id)?;
        metering::release(tx, &id, now)?;
        tx.delete::<FunctionUrl>(&id)?;
        Ok(())
    });
    deleted.await?;
    Ok(Unit)
}
