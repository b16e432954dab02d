//! DescribeRule.

use std::sync::Arc;

use freehold_api::events::{DescribeRuleRequest, DescribeRuleResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::operations::lookup::BusName;

pub(in crate::operations) async fn describe_rule(
    events: Arc<Events>,
    call: Call,
    input: DescribeRuleRequest,
) -> Result<DescribeRuleResponse, freehold_wire::Error> {
    let bus = BusName::of(&call, input.event_bus_name.as_deref());
    let name = input.name.unwrap_or_default();
    let rule = events.store.transact::<_, Error, _>(move |tx| bus.rule(tx, &call, &name)).await?;
    Ok(DescribeRuleResponse {
        name: Some(rule.name),
        arn: Some(rule.arn),
        event_pattern: rule.pattern,
        schedule_expression: rule.schedule,
        state: Some(rule.state.name().to_owned()),
        description: rule.description,
        role_arn: rule.role,
        managed_by: None,
        event_bus_name: Some(rule.bus_name),
        created_by: Some(rule.created_by),
    })
}
