//! EnableAlarmActions and DisableAlarmActions. Alarms that are not there are none whose actions could be switched.

use std::sync::Arc;

use freehold_api::cloudwatch::{DisableAlarmActionsInput, EnableAlarmActionsInput};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::CloudWatch;
use crate::errors::Error;

pub(super) async fn enable_alarm_actions(
    state: Arc<CloudWatch>,
    call: Call,
    input: EnableAlarmActionsInput,
) -> Result<Unit, freehold_wire::Error> {
    Ok(switch(&state, &call, input.alarm_names, true).await?)
}

pub(super) async fn disable_alarm_actions(
    state: Arc<CloudWatch>,
    call: Call,
    input: DisableAlarmActionsInput,
) -> Result<Unit, freehold_wire::Error> {
    Ok(switch(&state, &call, input.alarm_names, false).await?)
}

async fn switch(state: &CloudWatch, call: &Call, names: Option<Vec<String>>, is_acting: bool) -> Result<Unit, Error> {
    for name in names.unwrap_or_default() {
        let Some(alarm) = state.book.get(call.account(), &name).filter(|alarm| alarm.is_acting != is_acting) else {
            continue;
        };
        let now = state.now();
        let change = move |alarm: &mut crate::model::Alarm| {
            (alarm.is_acting, alarm.configured) = (is_acting, now);
            Ok(())
        };
        state.change_alarm(&alarm.arn, change).await?;
    }
    Ok(Unit)
}
