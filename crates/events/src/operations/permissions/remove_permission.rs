//! RemovePermission.

use std::sync::Arc;

use freehold_api::events::RemovePermissionRequest;
use freehold_iam::policy::Labelled;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Events;
use crate::errors::{Error, Result};
use crate::operations::lookup::BusName;

pub(in crate::operations) async fn remove_permission(
    events: Arc<Events>,
    call: Call,
    input: RemovePermissionRequest,
) -> Result<Unit, freehold_wire::Error> {
    let asked = BusName::of(&call, input.event_bus_name.as_deref());
    let now = events.now();
    let changed = events.store.transact::<_, Error, _>(move |tx| {
        let mut bus = asked.row(tx, &call, now)?;
        if input.remove_all_permissions == Some(true) {
            bus.policy = None;
        } else {
            let id = input.statement_id.unwrap_or_default();
            let missing = || Error::NotFound(format!("Statement with the provided id does not exist: {id}"));
            let mut policy = bus.policy.as_deref().and_then(Labelled::read).ok_or_else(missing)?;
            if !policy.remove(&id) {
                return Err(missing());
            }
            bus.policy = policy.text();
        }
        bus.modified = now;
        Ok(tx.put(&bus)?)
    });
    changed.await?;
    events.rules.outdated();
    Ok(Unit)
}
