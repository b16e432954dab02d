//! `DeletePolicy`, with the alarms that it made itself.

use std::sync::Arc;

use freehold_api::autoscaling::DeletePolicyType;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::named::named;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::Policy;
use crate::operations::check;

pub(super) async fn delete_policy(own: Arc<AutoScaling>, call: Call, input: DeletePolicyType) -> Result<Unit> {
    let name = check::required("PolicyName", input.policy_name)?;
    let policy = named(&own, call.account(), input.auto_scaling_group_name.as_deref(), &name)?;
    let deleted = own.world.delete_alarms(call.account(), &policy.alarms).await;
    deleted.map_err(|error| check::refused("", error))?;
    own.store.transact::<_, Error, _>(move |tx| Ok(tx.delete::<Policy>(&policy.arn)?)).await?;
    Ok(Unit)
}
