//! DeleteResourcePolicy.

use std::sync::Arc;

use freehold_api::logs::DeleteResourcePolicyRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;
use crate::model::ResourcePolicy;

pub(super) async fn delete_resource_policy(
    state: Arc<Logs>,
    call: Call,
    input: DeleteResourcePolicyRequest,
) -> Result<Unit, freehold_wire::Error> {
    super::check_absent(input.resource_arn.as_ref(), input.expected_revision_id.as_ref())?;
    let id = ResourcePolicy::id_of(call.account(), &input.policy_name.unwrap_or_default());
    let delete = move |tx: &mut dyn freehold_store::Tx| Ok(tx.delete::<ResourcePolicy>(&id)?);
    let was_there = state.store.transact::<_, Error, _>(delete).await?;
    if was_there { Ok(Unit) } else { Err(Error::NoPolicy.into()) }
}
