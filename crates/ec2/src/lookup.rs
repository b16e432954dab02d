//! Finding resources by the ids of a request, with AWS's answers to ids that are malformed or name nothing of the
//! caller's. Works inside a transaction and, for plain reading, on the store as of its last commit.

use freehold_core::ids;
use freehold_store::{Document, Filter, SharedStore, StoreExt, Tx, TxExt};

use crate::errors::{Error, Result};
use crate::model::{Malformed, Resource};

/// Where documents are read from.
pub trait Reader {
    fn read<D: Document>(&mut self, id: &str) -> Result<Option<D>>;
    fn read_all<D: Document>(&mut self, filter: &Filter) -> Result<Vec<D>>;
}

impl Reader for dyn Tx + '_ {
    fn read<D: Document>(&mut self, id: &str) -> Result<Option<D>> {
        Ok(TxExt::get(self, id)?)
    }

    fn read_all<D: Document>(&mut self, filter: &Filter) -> Result<Vec<D>> {
        Ok(TxExt::list(self, filter)?)
    }
}

/// The store as of its last commit.
#[derive(Clone, Copy)]
pub struct Committed<'a>(pub &'a SharedStore);

impl Reader for Committed<'_> {
    fn read<D: Document>(&mut self, id: &str) -> Result<Option<D>> {
        Ok(self.0.get(id)?)
    }

    fn read_all<D: Document>(&mut self, filter: &Filter) -> Result<Vec<D>> {
        Ok(self.0.list(filter)?)
    }
}

/// The caller's resource with this id.
pub fn one<R: Resource>(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<R> {
    check_form::<R>(id)?;
    from.read::<R>(id)?.filter(|found| found.account() == account).ok_or_else(|| not_found::<R>(&[id]))
}

/// The caller's resources with these ids, in their order, each once.
pub fn many<R: Resource>(from: &mut (impl Reader + ?Sized), account: &str, ids: &[String]) -> Result<Vec<R>> {
    for id in ids {
        check_form::<R>(id)?;
    }
    let mut found: Vec<R> = Vec::with_capacity(ids.len());
    let mut missing: Vec<&str> = Vec::new();
    for id in ids {
        if found.iter().any(|known| known.id() == id) {
            continue;
        }
        match from.read::<R>(id)?.filter(|resource| resource.account() == account) {
            Some(resource) => found.push(resource),
            None => missing.push(id),
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(not_found::<R>(&missing)) }
}

/// What a Describe operation starts from: the named resources, or all of the caller's.
pub fn named_or_all<R: Resource>(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    ids: Option<&[String]>,
) -> Result<Vec<R>> {
    match ids {
        Some(ids) if !ids.is_empty() => many(from, account, ids),
        _ => all(from, account),
    }
}

/// All of the caller's.
pub fn all<R: Document>(from: &mut (impl Reader + ?Sized), account: &str) -> Result<Vec<R>> {
    from.read_all(&Filter::account(account))
}

/// The documents whose index `position` holds `value` (see each model's `document!`).
pub fn by_index<D: Document>(from: &mut (impl Reader + ?Sized), position: usize, value: &str) -> Result<Vec<D>> {
    from.read_all(&Filter::index(position, value))
}

/// As [`by_index`], of one account: for what is unique in the account, such as names.
pub fn by_account_index<D: Document>(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    position: usize,
    value: &str,
) -> Result<Vec<D>> {
    let mut filter = Filter::index(position, value);
    filter.account = Some(account.to_owned());
    from.read_all(&filter)
}

/// Refuses what cannot be an id of this resource.
pub fn check_form<R: Resource>(id: &str) -> Result<()> {
    if ids::is_well_formed(R::PREFIX, id) {
        return Ok(());
    }
    Err(match R::MALFORMED {
        Malformed::Plain(code) => Error::Malformed { code, id: id.to_owned() },
        Malformed::Expecting(code) => Error::MalformedExpecting { code, id: id.to_owned(), prefix: R::PREFIX },
        Malformed::NotFound => not_found::<R>(&[id]),
    })
}

/// AWS's sentence for ids that do not exist. It has four of them.
pub fn not_found<R: Resource>(missing: &[&str]) -> Error {
    let list = missing.join(", ");
    let (code, message) = match R::NOT_FOUND {
        "InvalidInstanceID" if missing.len() > 1 => {
            ("InvalidInstanceID.NotFound", format!("The instance IDs '{list}' do not exist"))
        }
        "InvalidInstanceID" => ("InvalidInstanceID.NotFound", format!("The instance ID '{list}' does not exist")),
        "InvalidAMIID" if missing.len() > 1 => {
            ("InvalidAMIID.NotFound", format!("The image ids '[{list}]' do not exist"))
        }
        "InvalidAMIID" => ("InvalidAMIID.NotFound", format!("The image id '[{list}]' does not exist")),
        "InvalidGroup" => ("InvalidGroup.NotFound", format!("The security group '{list}' does not exist")),
        "InvalidVolume" => ("InvalidVolume.NotFound", format!("The volume '{list}' does not exist.")),
        "InvalidKeyPair" => ("InvalidKeyPair.NotFound", format!("The key pair ID '{list}' does not exist")),
        "InvalidLaunchTemplateId" => (
            "InvalidLaunchTemplateId.NotFound",
            format!("The specified launch template, with template ID {list}, does not exist."),
        ),
        "InvalidSpotInstanceRequestID" => {
            ("InvalidSpotInstanceRequestID.NotFound", format!("The spot instance request ID '{list}' does not exist"))
        }
        "InvalidHostID" => ("InvalidHostID.NotFound", id_sentence::<R>(missing)),
        "InvalidCapacityReservationId" => ("InvalidCapacityReservationId.NotFound", id_sentence::<R>(missing)),
        "InvalidVpcID" => ("InvalidVpcID.NotFound", id_sentence::<R>(missing)),
        "InvalidSubnetID" => ("InvalidSubnetID.NotFound", id_sentence::<R>(missing)),
        "InvalidRouteTableID" => ("InvalidRouteTableID.NotFound", id_sentence::<R>(missing)),
        "InvalidInternetGatewayID" => ("InvalidInternetGatewayID.NotFound", id_sentence::<R>(missing)),
        "InvalidNetworkAclID" => ("InvalidNetworkAclID.NotFound", id_sentence::<R>(missing)),
        "InvalidNetworkInterfaceID" => ("InvalidNetworkInterfaceID.NotFound", id_sentence::<R>(missing)),
        "InvalidAllocationID" => ("InvalidAllocationID.NotFound", id_sentence::<R>(missing)),
        _ => ("InvalidID", id_sentence::<R>(missing)),
    };
    Error::NotFound { code, message }
}

fn id_sentence<R: Resource>(missing: &[&str]) -> String {
    match missing {
        [id] => format!("The {} ID '{id}' does not exist", R::NOUN),
        ids => format!("The {} IDs '{}' do not exist", R::NOUN, ids.join(", ")),
    }
}
