//! `ModifyReservedInstances`: checked here, and done by `ec2.reserved`.

use std::sync::Arc;

use freehold_api::ec2::{ModifyReservedInstancesRequest, ModifyReservedInstancesResult};
use freehold_billing::engine::Hour;
use freehold_billing::model::ReservedState;
use freehold_core::ids;
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use super::{find, targets};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::{ModificationStatus, ReservedModification, ReservedTarget};
use crate::reserved::{Bought, modification};

pub async fn modify_reserved_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifyReservedInstancesRequest,
) -> Result<ModifyReservedInstancesResult> {
    let (account, now, writer) = (call.account().to_owned(), ec2.now(), Arc::clone(&ec2));
    let token = input.client_token.clone();
    let fingerprint = format!("{input:?}");
    let id = ec2
        .store
        .transact(move |tx| {
            let operation = "ec2.ModifyReservedInstances";
            let request = token.as_deref().map(|token| Request {
                account: &account,
                operation,
                token,
                fingerprint: &fingerprint,
            });
            if let Some(request) = &request
                && let Some(known) = idempotency::recall::<String>(tx, request)?
            {
                return Ok::<_, Error>(known);
            }
            let wanted = wanted(&writer, tx, &account, &input, now)?;
            tx.put(&wanted)?;
            if let Some(request) = &request {
                idempotency::remember(tx, request, &wanted.id, now)?;
            }
            Ok(wanted.id)
        })
        .await?;
    Ok(ModifyReservedInstancesResult { reserved_instances_modification_id: Some(id) })
}

fn wanted(
    ec2: &Ec2,
    tx: &mut dyn Tx,
    account: &str,
    input: &ModifyReservedInstancesRequest,
    now: Timestamp,
) -> Result<ReservedModification> {
    let ids = input.reserved_instances_ids.as_deref().filter(|ids| !ids.is_empty());
    let ids = ids.ok_or(Error::MissingParameter("ReservedInstancesId"))?;
    let targets = input.target_configurations.as_deref().filter(|targets| !targets.is_empty());
    let targets = targets.ok_or(Error::MissingParameter("ReservedInstancesConfigurationSetItemType"))?;
    let sources = find::bought(ec2, tx, account, Some(ids))?;
    if let Some(other) = sources.iter().find(|source| source.reserved.state(now) != ReservedState::Active) {
        let (id, state) = (&other.reserved.id, other.reserved.state(now).name());
        let message = format!("The Reserved Instance '{id}' is {state}; only active ones can be modified.");
        return Err(Error::IncorrectState(message));
    }
    find::refuse_pending(tx, account, &sources)?;
    let parts = targets::parts(ec2, targets, &sources)?;
    modification::plan(&sources, &parts).map_err(|why| Error::InvalidParameterCombination(why.to_string()))?;
    let target = |part: modification::Part| ReservedTarget {
        instance_type: part.kind.to_string(),
        zone: part.zone,
        count: part.count,
        made: None,
    };
    Ok(ReservedModification {
        id: format!("rimod-{}", ids::uuid()),
        account: account.to_owned(),
        client_token: input.client_token.clone(),
        created: now,
        updated: now,
        effective: effective(&sources, now),
        status: ModificationStatus::Processing,
        message: None,
        sources: sources.into_iter().map(|source| source.reserved.id).collect(),
        targets: parts.into_iter().map(target).collect(),
    })
}

/// *If you successfully modify your reservations at 9:15PM, the pricing benefit transfers at 9:00PM*; not before they began.
fn effective(sources: &[Bought], now: Timestamp) -> Timestamp {
    let begun = sources.iter().map(|source| source.reserved.start).max();
    begun.into_iter().chain([Hour::of(now).start()]).max().unwrap_or(now)
}
