//! ListRules.

use std::sync::Arc;

use freehold_api::events::{ListRulesRequest, ListRulesResponse, Rule as Shown};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::model::Rule;
use crate::operations::lookup::BusName;
use crate::operations::pages;

pub(in crate::operations) async fn list_rules(
    events: Arc<Events>,
    call: Call,
    input: ListRulesRequest,
) -> Result<ListRulesResponse, freehold_wire::Error> {
    let bus = BusName::of(&call, input.event_bus_name.as_deref());
    let arn = bus.arn.clone();
    let found = events.store.transact::<_, Error, _>(move |tx| {
        bus.check(tx, &call)?;
        Ok(tx.list::<Rule>(&Filter::index(0, &bus.arn))?)
    });
    let mut found = found.await?;
    let prefix = input.name_prefix.unwrap_or_default();
    found.retain(|rule| rule.name.starts_with(&prefix));
    let query = ["ListRules", &arn, &prefix];
    let (page, next_token) = pages::page(found, input.limit, input.next_token.as_deref(), &query, |rule| &rule.name)?;
    let show = |rule: Rule| Shown {
        name: Some(rule.name),
        arn: Some(rule.arn),
        event_pattern: rule.pattern,
        state: Some(rule.state.name().to_owned()),
        description: rule.description,
        schedule_expression: rule.schedule,
        role_arn: rule.role,
        managed_by: None,
        event_bus_name: Some(rule.bus_name),
    };
    Ok(ListRulesResponse { rules: Some(page.into_iter().map(show).collect()), next_token })
}
