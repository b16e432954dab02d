//! DeleteTargetGroup. One that does not exist is deleted already.

use std::sync::Arc;

use freehold_api::elbv2::{DeleteTargetGroupInput, DeleteTargetGroupOutput};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::Elb;
use crate::errors::Error;
use crate::model::{TargetGroup, Uses};
use crate::operations::lookup;

pub(super) async fn delete_target_group(
    elb: Arc<Elb>,
    call: Call,
    input: DeleteTargetGroupInput,
) -> Result<DeleteTargetGroupOutput, freehold_wire::Error> {
    let (account, arn) = (call.account().to_owned(), input.target_group_arn.unwrap_or_default());
    let deleted = elb.store.transact::<_, Error, _>(move |tx| {
        let group: TargetGroup = match lookup::within(tx, &account, &arn) {
            Err(Error::TargetGroupNotFound) => return Ok(()),
            found => found?,
        };
        if Uses::within(tx, &account)?.is_used(&group.arn) {
            let why = format!("Target group '{arn}' is currently in use by a listener or a rule");
            return Err(Error::ResourceInUse(why));
        }
        tx.delete::<TargetGroup>(&group.arn)?;
        Ok(())
    });
    deleted.await?;
    Ok(DeleteTargetGroupOutput {})
}
