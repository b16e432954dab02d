//! RemovePermission.

use std::sync::Arc;

use freehold_api::lambda::RemovePermissionRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::names::FunctionName;
use crate::policy;
use crate::statements;

pub(super) async fn remove_permission(
    lambda: Arc<Lambda>,
    call: Call,
    input: RemovePermissionRequest,
) -> Result<Unit, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let id = input.statement_id.unwrap_or_default();
    let removed = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut function = lookup::function(&mut *tx, &name)?;
        let key = policy::key(name.qualifier.as_deref());
        let present = function
            .policies
            .remove(key)
            .ok_or_else(|| Error::NotFound("No policy is associated with the given resource.".into()))?;
        statements::check_revision(Some(&present), input.revision_id.as_deref(), "GetPolicy")?;
        if let Some(left) = statements::without(&present, &id)? {
            function.policies.insert(key.to_owned(), left);
        }
        Ok(tx.put(&function)?)
    });
    removed.await?;
    Ok(Unit)
}
