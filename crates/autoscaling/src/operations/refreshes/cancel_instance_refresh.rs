//! `CancelInstanceRefresh`: nothing more is replaced; what is replaced stays so.

use std::sync::Arc;

use freehold_api::autoscaling::{CancelInstanceRefreshAnswer, CancelInstanceRefreshType};
use freehold_store::TxExt;
use freehold_wire::Call;

use super::active::active;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::RefreshStatus;
use crate::operations::check;

pub(super) async fn cancel_instance_refresh(
    own: Arc<AutoScaling>,
    call: Call,
    input: CancelInstanceRefreshType,
) -> Result<CancelInstanceRefreshAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let id = own
        .change_group(call.account(), &name, move |tx, group| {
            let mut refresh =
                active(tx, group)?.ok_or_else(|| Error::ActiveInstanceRefreshNotFound(group.name.clone()))?;
            refresh.status = RefreshStatus::Cancelling;
            refresh.reason = Some("Cancelled due to user request.".into());
            tx.put(&refresh)?;
            Ok(refresh.id)
        })
        .await?;
    Ok(CancelInstanceRefreshAnswer { instance_refresh_id: Some(id) })
}
