//! DeleteRule.

use std::sync::Arc;

use freehold_api::events::DeleteRuleRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Events;
use crate::errors::{Error, Result};
use crate::model::Rule;
use crate::operations::lookup::BusName;

pub(in crate::operations) async fn delete_rule(
    events: Arc<Events>,
    call: Call,
    input: DeleteRuleRequest,
) -> Result<Unit, freehold_wire::Error> {
    let bus = BusName::of(&call, input.event_bus_name.as_deref());
    let deleted = events.store.transact::<_, Error, _>(move |tx| {
        bus.check(tx, &call)?;
        let arn = bus.rule_arn(&call, &input.name.unwrap_or_default());
        match tx.get::<Rule>(&arn)? {
            Some(rule) if !rule.targets.is_empty() => {
                Err(Error::invalid("Rule can't be deleted since it has targets."))
            }
            Some(_) => {
                tx.delete::<Rule>(&arn)?;
                Ok(())
            }
            // What is not there is deleted already.
            None => Ok(()),
        }
    });
    deleted.await?;
    events.rules.outdated();
    Ok(Unit)
}
