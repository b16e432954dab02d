//! RemoveTargets.

use std::sync::Arc;

use freehold_api::events::{RemoveTargetsRequest, RemoveTargetsResponse, RemoveTargetsResultEntry};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::Events;
use crate::errors::{Error, Result};
use crate::operations::lookup::BusName;

pub(in crate::operations) async fn remove_targets(
    events: Arc<Events>,
    call: Call,
    input: RemoveTargetsRequest,
) -> Result<RemoveTargetsResponse, freehold_wire::Error> {
    let bus = BusName::of(&call, input.event_bus_name.as_deref());
    let (name, ids) = (input.rule.unwrap_or_default(), input.ids.unwrap_or_default());
    let removed = events.store.transact::<_, Error, _>(move |tx| {
        let mut rule = bus.rule(tx, &call, &name)?;
        let missing: Vec<String> =
            ids.iter().filter(|id| !rule.targets.iter().any(|target| target.id == **id)).cloned().collect();
        rule.targets.retain(|target| !ids.contains(&target.id));
        tx.put(&rule)?;
        Ok(missing)
    });
    let missing = removed.await?;
    events.rules.outdated();
    let failed = |id: String| RemoveTargetsResultEntry {
        error_code: Some("ResourceNotFoundException".into()),
        error_message: Some(format!("The rule has no target {id}.")),
        target_id: Some(id),
    };
    Ok(RemoveTargetsResponse {
        failed_entry_count: i32::try_from(missing.len()).ok(),
        failed_entries: Some(missing.into_iter().map(failed).collect()),
    })
}
