//! `RollbackInstanceRefresh`.

use std::sync::Arc;

use freehold_api::autoscaling::{RollbackInstanceRefreshAnswer, RollbackInstanceRefreshType};
use freehold_store::{Filter, TxExt};
use freehold_wire::Call;

use super::active::active;
use super::start_instance_refresh::can_return;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Member, RefreshStatus};
use crate::operations::check;
use crate::reconcile::refresh::roll_back;

pub(super) async fn rollback_instance_refresh(
    own: Arc<AutoScaling>,
    call: Call,
    input: RollbackInstanceRefreshType,
) -> Result<RollbackInstanceRefreshAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let now = own.now();
    let id = own
        .change_group(call.account(), &name, move |tx, group| {
            let mut refresh =
                active(tx, group)?.ok_or_else(|| Error::ActiveInstanceRefreshNotFound(group.name.clone()))?;
            let goes_back = matches!(refresh.status, RefreshStatus::RollbackInProgress | RefreshStatus::Cancelling);
            if goes_back {
                return Err(Error::IrreversibleInstanceRefresh(format!(
                    "The instance refresh {} is in {} and cannot be rolled back.",
                    refresh.id,
                    refresh.status.name()
                )));
            }
            can_return(&refresh.before, refresh.wanted.as_ref())
                .map_err(|error| Error::IrreversibleInstanceRefresh(error.to_string()))?;
            let members = tx.list::<Member>(&Filter::index(0, &group.id))?;
            roll_back(tx, &mut refresh, group, members, "Rollback due to user request.".into(), now)?;
            tx.put(&refresh)?;
            Ok(refresh.id)
        })
        .await?;
    Ok(RollbackInstanceRefreshAnswer { instance_refresh_id: Some(id) })
}
