//! DisableRule.

use std::sync::Arc;

use freehold_api::events::DisableRuleRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::switch::switch;
use crate::Events;
use crate::model::RuleState;

pub(in crate::operations) async fn disable_rule(
    events: Arc<Events>,
    call: Call,
    input: DisableRuleRequest,
) -> Result<Unit, freehold_wire::Error> {
    switch(&events, call, input.event_bus_name, input.name, RuleState::Disabled).await?;
    Ok(Unit)
}
