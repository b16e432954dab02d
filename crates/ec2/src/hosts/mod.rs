//! Dedicated Hosts: how large one is ([`Shape`]), and which of an account's takes an instance ([`choose`]). Both are pure.
//!
//! A host counts as AWS's does, by the vCPUs of its family's server. The real cores that it holds are another matter: the
//! ledger of the machine gives it as many as there are to give, and nobody else's machine runs on them.

mod choice;
mod shape;

use freehold_machine::capacity::Holder;
use freehold_store::{Tx, TxExt};

pub use choice::{Candidate, Need, choose};
pub use shape::Shape;

use crate::errors::Result;
use crate::lookup::{self, Reader};
use crate::model::{DedicatedHost, HostState, Instance};

/// Instances of the account that take room on hosts.
pub fn occupants(from: &mut (impl Reader + ?Sized), account: &str) -> Result<Vec<Instance>> {
    let mut all: Vec<Instance> = lookup::all(from, account)?;
    all.retain(|instance| instance.placement.host.is_some() && instance.state.holds_capacity());
    Ok(all)
}

/// The account's hosts that instances can be put on, with what is on them.
pub fn candidates(from: &mut (impl Reader + ?Sized), account: &str) -> Result<Vec<Candidate>> {
    let occupants = occupants(from, account)?;
    let mut hosts: Vec<DedicatedHost> = lookup::all(from, account)?;
    hosts.retain(|host| host.state == HostState::Available);
    hosts.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(hosts.into_iter().map(|host| Candidate::new(host, &occupants)).collect())
}

/// Who holds a host's cores.
pub fn holder(host: &str) -> Holder {
    Holder::Host(host.to_owned())
}

/// The host with this id, if it is the account's and available.
///
/// # Errors
/// `InvalidHostID.Malformed`, `InvalidHostID.NotFound`, `InvalidHostState`.
pub fn available(tx: &mut dyn Tx, account: &str, id: &str) -> Result<DedicatedHost> {
    let host: DedicatedHost = lookup::one(tx, account, id)?;
    if host.state == HostState::Available {
        return Ok(host);
    }
    Err(crate::Error::other(
        "InvalidHostState",
        format!("The Dedicated Host '{id}' is {}: it must be available.", host.state.name()),
    ))
}

/// Forgets one whose release was long ago.
pub fn forget(tx: &mut dyn Tx, id: &str) -> Result<()> {
    Ok(tx.delete::<DedicatedHost>(id).map(drop)?)
}
