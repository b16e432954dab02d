//! `AssociateAddress`: an elastic address for a private one. A public address that came with the launch goes back to
//! the pool; the instance gets another with a start at which it has no elastic one.

use std::net::Ipv4Addr;
use std::sync::Arc;

use freehold_api::ec2::{AssociateAddressRequest, AssociateAddressResult};
use freehold_core::Principal;
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use super::elastic::{AddressRef, disassociate};
use super::wiring::{check_manager, parse_address};
use crate::addresses::unmap;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader, by_index};
use crate::model::{
    Address, AddressAssociation, Instance, InstanceState, InternetGateway, NetworkInterface, PublicAssociation,
};
use crate::operations::dry_run;
use crate::{Ec2, new_id};

pub async fn associate_address(
    ec2: Arc<Ec2>,
    call: Call,
    input: AssociateAddressRequest,
) -> Result<AssociateAddressResult> {
    let wanted = Wanted {
        principal: call.principal,
        address: AddressRef::new(input.allocation_id, input.public_ip)?,
        target: Target::new(input.instance_id, input.network_interface_id)?,
        private: input.private_ip_address.map(|text| parse_address("privateIpAddress", &text)).transpose()?,
        // *API reference, AssociateAddress: AllowReassociation*: automatic unless refused.
        may_move: input.allow_reassociation != Some(false),
    };
    wanted.check(&mut ec2.committed())?;
    dry_run(input.dry_run)?;

    let now = ec2.now();
    let id = ec2.store.transact(move |tx| wanted.write(tx, now)).await?;
    Ok(AssociateAddressResult { association_id: Some(id) })
}

/// What gets the address.
enum Target {
    Instance(String),
    Interface(String),
}

impl Target {
    fn new(instance: Option<String>, interface: Option<String>) -> Result<Self> {
        match (instance, interface) {
            (Some(id), None) => Ok(Self::Instance(id)),
            (None, Some(id)) => Ok(Self::Interface(id)),
            (Some(_), Some(_)) => Err(Error::InvalidParameterCombination(
                "You may specify instance id or network interface id, but not both in the same call".into(),
            )),
            (None, None) => Err(Error::Missing("Either instance ID or network interface id must be specified".into())),
        }
    }

    fn find(&self, from: &mut (impl Reader + ?Sized), account: &str) -> Result<NetworkInterface> {
        match self {
            Self::Interface(id) => interface(from, account, id),
            Self::Instance(id) => only_interface(from, account, id),
        }
    }
}

fn interface(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<NetworkInterface> {
    let interface: NetworkInterface = lookup::one(from, account, id)?;
    if let Some(attachment) = &interface.attachment {
        let instance: Instance = lookup::one(from, account, &attachment.instance)?;
        if let Some(state) = unready(&instance) {
            return Err(Error::IncorrectInstanceState(format!(
                "The {state} instance to which '{id}' is attached is not in a valid state for this operation"
            )));
        }
    }
    Ok(interface)
}

fn only_interface(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<NetworkInterface> {
    let instance: Instance = lookup::one(from, account, id)?;
    if let Some(state) = unready(&instance) {
        let message = format!("The {state} instance '{id}' is not in a valid state for this operation.");
        return Err(Error::other("InvalidInstanceID", message));
    }
    let mut interfaces: Vec<NetworkInterface> = by_index(from, 2, id)?;
    match (interfaces.pop(), interfaces.is_empty()) {
        (Some(interface), true) => Ok(interface),
        _ => Err(Error::other(
            "InvalidInstanceID",
            format!(
                "There are multiple interfaces attached to instance '{id}'. Please specify an interface ID for the \
                 operation instead."
            ),
        )),
    }
}

/// The state of an instance that gets no addresses.
fn unready(instance: &Instance) -> Option<&'static str> {
    let is_unready = instance.state == InstanceState::Pending || instance.state.is_ending();
    is_unready.then(|| instance.state.name())
}

struct Wanted {
    principal: Principal,
    address: AddressRef,
    target: Target,
    private: Option<Ipv4Addr>,
    may_move: bool,
}

/// An address and its place, both looked up.
struct Found {
    address: Address,
    interface: NetworkInterface,
    /// Of the private address among the interface's.
    place: usize,
}

impl Wanted {
    fn check(&self, from: &mut (impl Reader + ?Sized)) -> Result<Found> {
        let address = self.address.find(from, &self.principal.account)?;
        let interface = self.target.find(from, &self.principal.account)?;
        check_manager(&self.principal, &interface)?;
        let private = self.private.unwrap_or_else(|| interface.primary());
        let place = interface.addresses.iter().position(|known| known.private == private).ok_or_else(|| {
            Error::InvalidParameterValue(format!(
                "Invalid value '{private}' for PrivateIpAddress. It is not assigned to the network interface '{}'",
                interface.id
            ))
        })?;
        let gateways: Vec<InternetGateway> = by_index(from, 0, &interface.vpc)?;
        if gateways.is_empty() {
            let message = format!("Network {} is not attached to any internet gateway", interface.vpc);
            return Err(Error::other("Gateway.NotAttached", message));
        }
        let found = Found { address, interface, place };
        if !self.may_move && !found.is_done() {
            found.refuse_moves()?;
        }
        Ok(found)
    }

    fn write(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<String> {
        let found = self.check(tx)?;
        if let Some(known) = found.address.association.as_ref().filter(|_| found.is_done()) {
            return Ok(known.id.clone());
        }
        disassociate(tx, &found.address, now)?;
        // The interface that it left may be this one.
        let Found { mut address, mut interface, place } = self.check(tx)?;
        let id = new_id("eipassoc");
        let instance = interface.attachment.as_ref().map(|attachment| attachment.instance.clone());
        let Some(own) = interface.addresses.get_mut(place) else {
            return Err(Error::Internal(format!("{} has lost an address", interface.id)));
        };
        unmap(tx, own, now)?;
        let elastic = Some((address.id.clone(), id.clone()));
        own.association = Some(PublicAssociation { public: address.public, elastic });
        let private = own.private;
        address.association =
            Some(AddressAssociation { id: id.clone(), interface: interface.id.clone(), private, instance });
        tx.put(&address)?;
        tx.put(&interface)?;
        Ok(id)
    }
}

impl Found {
    /// Whether it is all so already.
    fn is_done(&self) -> bool {
        let mapped = self.interface.addresses.get(self.place).and_then(|address| address.association.as_ref());
        mapped.and_then(|association| association.elastic.as_ref()).is_some_and(|(id, _)| *id == self.address.id)
    }

    fn refuse_moves(&self) -> Result<()> {
        let taken = |what: &str, association: &str| {
            let message = format!("resource {what} is already associated with associate-id {association}");
            Err(Error::other("Resource.AlreadyAssociated", message))
        };
        if let Some(association) = &self.address.association {
            return taken(&self.address.id, &association.id);
        }
        let mapped = self.interface.addresses.get(self.place).and_then(|address| address.association.as_ref());
        match mapped.and_then(|association| association.elastic.as_ref()) {
            Some((_, association)) => taken(&self.interface.id, association),
            None => Ok(()),
        }
    }
}
