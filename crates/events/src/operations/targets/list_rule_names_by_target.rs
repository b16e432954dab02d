//! ListRuleNamesByTarget.

use std::sync::Arc;

use freehold_api::events::{ListRuleNamesByTargetRequest, ListRuleNamesByTargetResponse};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::model::Rule;
use crate::operations::lookup::BusName;
use crate::operations::pages;

pub(in crate::operations) async fn list_rule_names_by_target(
    events: Arc<Events>,
    call: Call,
    input: ListRuleNamesByTargetRequest,
) -> Result<ListRuleNamesByTargetResponse, freehold_wire::Error> {
    let bus = BusName::of(&call, input.event_bus_name.as_deref());
    let (arn, target) = (bus.arn.clone(), input.target_arn.unwrap_or_default());
    let found = events.store.transact::<_, Error, _>(move |tx| {
        bus.check(tx, &call)?;
        Ok(tx.list::<Rule>(&Filter::index(0, &bus.arn))?)
    });
    let mut found = found.await?;
    found.retain(|rule| rule.targets.iter().any(|one| one.arn == target));
    let names: Vec<String> = found.into_iter().map(|rule| rule.name).collect();
    let query = ["ListRuleNamesByTarget", &arn, &target];
    let (page, next_token) = pages::page(names, input.limit, input.next_token.as_deref(), &query, |name| name)?;
    Ok(ListRuleNamesByTargetResponse { rule_names: Some(page), next_token })
}
