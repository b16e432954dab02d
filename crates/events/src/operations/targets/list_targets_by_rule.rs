//! ListTargetsByRule.

use std::sync::Arc;

use freehold_api::events::{ListTargetsByRuleRequest, ListTargetsByRuleResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::show;
use crate::Events;
use crate::errors::{Error, Result};
use crate::operations::lookup::BusName;
use crate::operations::pages;

pub(in crate::operations) async fn list_targets_by_rule(
    events: Arc<Events>,
    call: Call,
    input: ListTargetsByRuleRequest,
) -> Result<ListTargetsByRuleResponse, freehold_wire::Error> {
    let bus = BusName::of(&call, input.event_bus_name.as_deref());
    let name = input.rule.unwrap_or_default();
    let rule = events.store.transact::<_, Error, _>(move |tx| bus.rule(tx, &call, &name)).await?;
    let (query, token) = (["ListTargetsByRule", &rule.arn], input.next_token.as_deref());
    let (page, next_token) = pages::page(rule.targets, input.limit, token, &query, |target| &target.id)?;
    Ok(ListTargetsByRuleResponse { targets: Some(page.into_iter().map(show::target).collect()), next_token })
}
