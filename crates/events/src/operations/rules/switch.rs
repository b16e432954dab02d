//! What enabling and disabling have in common.

use std::sync::Arc;

use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::model::RuleState;
use crate::operations::lookup::BusName;

/// Puts a rule into a state; its schedule begins anew.
pub(super) async fn switch(
    events: &Arc<Events>,
    call: Call,
    bus: Option<String>,
    name: Option<String>,
    state: RuleState,
) -> Result<()> {
    let bus = BusName::of(&call, bus.as_deref());
    let now = events.now();
    let switched = events.store.transact::<_, Error, _>(move |tx| {
        let mut rule = bus.rule(tx, &call, &name.unwrap_or_default())?;
        if rule.state.is_enabled() != state.is_enabled() {
            rule.state = state;
            rule.begin(now);
            tx.put(&rule)?;
        }
        Ok(())
    });
    switched.await?;
    events.rules.outdated();
    Ok(())
}
