//! DeleteLogGroup. Its filters go with it; its streams are removed afterwards, and nobody sees them any more.

use std::sync::Arc;

use freehold_api::logs::DeleteLogGroupRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;
use crate::model::{Gone, Group};

pub(super) async fn delete_log_group(
    state: Arc<Logs>,
    call: Call,
    input: DeleteLogGroupRequest,
) -> Result<Unit, freehold_wire::Error> {
    let id = Group::id_of(call.account(), &input.log_group_name.unwrap_or_default());
    let delete = move |tx: &mut dyn freehold_store::Tx| {
        let group = tx.get::<Group>(&id)?.ok_or(Error::NoGroup)?;
        if group.is_protected {
            return Err(Error::Validation(format!(
                "The log group {} has deletion protection enabled and cannot be deleted.",
                group.name
            )));
        }
        tx.delete::<Group>(&id)?;
        Ok(tx.put(&Gone::new(group.number, &group.account))?)
    };
    state.store.transact::<_, Error, _>(delete).await?;
    Ok(Unit)
}
