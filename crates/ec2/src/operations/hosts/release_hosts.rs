//! `ReleaseHosts`: each host for itself; its cores are everybody's again.

use std::sync::Arc;

use freehold_api::ec2::{ReleaseHostsRequest, ReleaseHostsResult};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use super::unsuccessful::item;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::hosts;
use crate::metering::of_host;
use crate::model::HostState;

pub async fn release_hosts(ec2: Arc<Ec2>, call: Call, input: ReleaseHostsRequest) -> Result<ReleaseHostsResult> {
    let ids = input.host_ids.filter(|ids| !ids.is_empty()).ok_or(Error::MissingParameter("hostId"))?;
    let (account, now) = (call.account().to_owned(), ec2.now());
    let (successful, unsuccessful) = ec2
        .store
        .transact(move |tx| {
            let (mut done, mut failed) = (Vec::new(), Vec::new());
            for id in ids {
                match release(tx, &account, &id, now) {
                    Ok(()) => done.push(id),
                    Err(error @ Error::Internal(_)) => return Err(error),
                    Err(error) => failed.push(item(&id, &error)),
                }
            }
            Ok((done, failed))
        })
        .await?;
    successful.iter().for_each(|id| ec2.ledger.give_back_cores(&hosts::holder(id)));
    Ok(ReleaseHostsResult { successful: Some(successful), unsuccessful: Some(unsuccessful) })
}

fn release(tx: &mut dyn Tx, account: &str, id: &str, now: Timestamp) -> Result<()> {
    let mut host = hosts::available(tx, account, id)?;
    let is_here = |instance: &crate::model::Instance| instance.placement.host.as_deref() == Some(id);
    if hosts::occupants(tx, account)?.iter().any(is_here) {
        return Err(Error::other(
            "InvalidHost.Occupied",
            format!("Dedicated host '{id}' cannot be released as it is occupied."),
        ));
    }
    tx.put(&of_host(&host, now))?;
    (host.state, host.released) = (HostState::Released, Some(now));
    host.cores.clear();
    Ok(tx.put(&host)?)
}
