//! `DeleteQueuedReservedInstances`: purchases that have not been made yet. Each by itself.

use std::sync::Arc;

use freehold_api::ec2::{
    DeleteQueuedReservedInstancesError, DeleteQueuedReservedInstancesRequest, DeleteQueuedReservedInstancesResult,
    FailedQueuedPurchaseDeletion, SuccessfulQueuedPurchaseDeletion,
};
use freehold_billing::model::{Reserved, ReservedState};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::operations::dry_run;

/// *API reference, DeleteQueuedReservedInstances: ReservedInstancesId.N*
const MOST: usize = 100;

pub async fn delete_queued_reserved_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: DeleteQueuedReservedInstancesRequest,
) -> Result<DeleteQueuedReservedInstancesResult> {
    let ids = input.reserved_instances_ids.filter(|ids| !ids.is_empty());
    let ids = ids.ok_or(Error::MissingParameter("ReservedInstancesId"))?;
    if ids.len() > MOST {
        let message = format!("At most {MOST} Reserved Instances can be named in one call.");
        return Err(Error::InvalidParameterValue(message));
    }
    dry_run(input.dry_run)?;
    let (account, now) = (call.account().to_owned(), ec2.now());
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    let each = ec2.store.transact(move |tx| {
        ids.into_iter()
            .map(|id| {
                let error = delete(tx, &account, &id, now)?;
                Ok::<_, Error>((id, error))
            })
            .collect::<Result<Vec<_>>>()
    });
    for (id, error) in each.await? {
        let reserved_instances_id = Some(id);
        match error {
            None => successful.push(SuccessfulQueuedPurchaseDeletion { reserved_instances_id }),
            Some(error) => failed.push(FailedQueuedPurchaseDeletion { error: Some(error), reserved_instances_id }),
        }
    }
    Ok(DeleteQueuedReservedInstancesResult {
        successful_queued_purchase_deletions: Some(successful),
        failed_queued_purchase_deletions: Some(failed),
    })
}

/// Deletes one, or says why not.
fn delete(
    tx: &mut dyn Tx,
    account: &str,
    id: &str,
    now: Timestamp,
) -> Result<Option<DeleteQueuedReservedInstancesError>> {
    let refused = |code: &str, message: String| {
        Ok(Some(DeleteQueuedReservedInstancesError { code: Some(code.into()), message: Some(message) }))
    };
    let found = tx.get::<Reserved>(id)?.filter(|reserved| reserved.account == account);
    let Some(reserved) = found else {
        return refused("reserved-instances-id-invalid", format!("The Reserved Instances ID '{id}' does not exist"));
    };
    if reserved.state(now) != ReservedState::Queued {
        let message = format!("The Reserved Instances '{id}' are not in the queued state");
        return refused("reserved-instances-not-in-queued-state", message);
    }
    tx.put(&Reserved { deleted: Some(now), ..reserved })?;
    Ok(None)
}
