//! EnableRule.

use std::sync::Arc;

use freehold_api::events::EnableRuleRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::switch::switch;
use crate::Events;
use crate::model::RuleState;

pub(in crate::operations) async fn enable_rule(
    events: Arc<Events>,
    call: Call,
    input: EnableRuleRequest,
) -> Result<Unit, freehold_wire::Error> {
    switch(&events, call, input.event_bus_name, input.name, RuleState::Enabled).await?;
    Ok(Unit)
}
