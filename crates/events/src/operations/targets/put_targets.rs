//! PutTargets: adds targets to a rule, or replaces those of the same ids.

use std::sync::Arc;

use freehold_api::events::{PutTargetsRequest, PutTargetsResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::read;
use crate::Events;
use crate::errors::{Error, Result};
use crate::operations::lookup::BusName;

/// *EventBridge quotas: targets per rule*.
const MOST: usize = 5;

pub(in crate::operations) async fn put_targets(
    events: Arc<Events>,
    call: Call,
    input: PutTargetsRequest,
) -> Result<PutTargetsResponse, freehold_wire::Error> {
    let bus = BusName::of(&call, input.event_bus_name.as_deref());
    let name = input.rule.unwrap_or_default();
    let targets: Result<Vec<_>> =
        input.targets.unwrap_or_default().into_iter().map(|target| read::target(target, &events.targets)).collect();
    let targets = targets?;
    let put = events.store.transact::<_, Error, _>(move |tx| {
        let mut rule = bus.rule(tx, &call, &name)?;
        for target in targets {
            match rule.targets.iter_mut().find(|known| known.id == target.id) {
                Some(known) => *known = target,
                None => rule.targets.push(target),
            }
        }
        if rule.targets.len() > MOST {
            return Err(Error::LimitExceeded("The requested resource exceeds the maximum number allowed.".into()));
        }
        Ok(tx.put(&rule)?)
    });
    put.await?;
    events.rules.outdated();
    Ok(PutTargetsResponse { failed_entry_count: Some(0), failed_entries: Some(Vec::new()) })
}
