//! SetAlarmState: for a moment. The next evaluation of a metric alarm says what its data say; a composite alarm stays in
//! this state until one of its alarms changes.

use std::sync::Arc;

use freehold_api::cloudwatch::SetAlarmStateInput;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::CloudWatch;
use crate::alarms::Change;
use crate::errors::Error;
use crate::model::StateValue;

pub(super) async fn set_alarm_state(
    state: Arc<CloudWatch>,
    call: Call,
    input: SetAlarmStateInput,
) -> Result<Unit, freehold_wire::Error> {
    let name = input.alarm_name.unwrap_or_default();
    let value = input.state_value.as_deref().and_then(StateValue::parse);
    let value = value.ok_or_else(|| Error::value("StateValue", "it is no state"))?;
    if let Some(data) = &input.state_reason_data
        && serde_json::from_str::<serde_json::Value>(data).is_err()
    {
        return Err(Error::InvalidFormat("StateReasonData was not syntactically valid JSON.".into()).into());
    }
    let alarm = state.book.get(call.account(), &name).ok_or(Error::NoAlarm(name))?;
    let change = Change {
        value,
        reason: input.state_reason.unwrap_or_default(),
        reason_data: input.state_reason_data,
        evaluation: None,
        latest: None,
        configured: None,
        is_by_hand: true,
    };
    state.transition(&alarm.arn, change).await?;
    Ok(Unit)
}
