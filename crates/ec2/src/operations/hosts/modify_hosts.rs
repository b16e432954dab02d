//! `ModifyHosts`: each host for itself.

use std::sync::Arc;

use freehold_api::ec2::{ModifyHostsRequest, ModifyHostsResult};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::unsuccessful::item;
use super::{auto_placement, refuse_recovery};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::hosts::{self, Candidate, Shape};
use crate::launch::instance_type;

pub async fn modify_hosts(ec2: Arc<Ec2>, call: Call, input: ModifyHostsRequest) -> Result<ModifyHostsResult> {
    let ids = input.host_ids.filter(|ids| !ids.is_empty()).ok_or(Error::MissingParameter("hostId"))?;
    refuse_recovery(input.host_recovery.as_deref(), input.host_maintenance.as_deref())?;
    let change = Change {
        auto_placement: input.auto_placement.as_deref().map(auto_placement).transpose()?,
        takes: takes(input.instance_family, input.instance_type)?,
    };
    if change.auto_placement.is_none() && change.takes.is_none() && input.host_recovery.is_none() {
        return Err(Error::Missing("The request must contain at least one attribute to modify.".into()));
    }
    let account = call.account().to_owned();
    let (successful, unsuccessful) = ec2
        .store
        .transact(move |tx| {
            let (mut done, mut failed) = (Vec::new(), Vec::new());
            for id in ids {
                match change.apply(tx, &account, &id) {
                    Ok(()) => done.push(id),
                    Err(error @ Error::Internal(_)) => return Err(error),
                    Err(error) => failed.push(item(&id, &error)),
                }
            }
            Ok((done, failed))
        })
        .await?;
    Ok(ModifyHostsResult { successful: Some(successful), unsuccessful: Some(unsuccessful) })
}

/// Which instances a host is to take.
enum Takes {
    /// All of its family.
    Family(String),
    Only(String),
}

fn takes(family: Option<String>, kind: Option<String>) -> Result<Option<Takes>> {
    match (family, kind) {
        (Some(_), Some(_)) => Err(Error::InvalidParameterCombination(
            "The request must contain either an instance family or an instance type, but not both.".into(),
        )),
        (Some(family), None) if Shape::of(&family).is_none() => Err(Error::other(
            "InvalidInstanceFamily",
            format!("The instance family '{family}' is not supported for Dedicated Hosts."),
        )),
        (Some(family), None) => Ok(Some(Takes::Family(family))),
        (None, Some(name)) => instance_type(&name).map(|_| Some(Takes::Only(name))),
        (None, None) => Ok(None),
    }
}

struct Change {
    auto_placement: Option<bool>,
    takes: Option<Takes>,
}

impl Change {
    fn apply(&self, tx: &mut dyn Tx, account: &str, id: &str) -> Result<()> {
        let mut host = hosts::available(tx, account, id)?;
        host.auto_placement = self.auto_placement.unwrap_or(host.auto_placement);
        let before = host.clone();
        match &self.takes {
            Some(Takes::Family(family)) => (host.family, host.instance_type) = (family.clone(), None),
            Some(Takes::Only(name)) => host.instance_type = Some(name.clone()),
            None => {}
        }
        if host.instance_type != before.instance_type || host.family != before.family {
            check(tx, account, &before.family, Candidate::new(host.clone(), &[]))?;
        }
        Ok(tx.put(&host)?)
    }
}

/// The server stays what it is, and what is on it must still be what it takes (*API reference, ModifyHosts*).
fn check(tx: &mut dyn Tx, account: &str, family: &str, after: Candidate) -> Result<()> {
    let name = after.host.instance_type.as_deref();
    let kind = name.map(instance_type).transpose()?;
    let is_same = kind.map_or(after.host.family == family, |kind| kind.family() == family && kind.dedicated_hosts);
    if !is_same {
        return Err(Error::other(
            "InvalidHostConfiguration",
            format!("Dedicated host '{}' supports the instance family {family} only.", after.host.id),
        ));
    }
    for instance in hosts::occupants(tx, account)? {
        let is_here = instance.placement.host.as_ref() == Some(&after.host.id);
        if is_here && !after.is_for(&instance_type(&instance.instance_type)?) {
            return Err(Error::other(
                "InvalidHost.Occupied",
                format!("Dedicated host '{}' cannot be modified as it is occupied.", after.host.id),
            ));
        }
    }
    Ok(())
}
