//! `DisassociateAddress`. The instance has no public address then, until a start gives it one as its launch did.

use std::sync::Arc;

use freehold_api::ec2::DisassociateAddressRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::elastic::{self, by_public_ip};
use super::wiring::check_manager;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{Address, NetworkInterface};
use crate::operations::dry_run;

pub async fn disassociate_address(ec2: Arc<Ec2>, call: Call, input: DisassociateAddressRequest) -> Result<Unit> {
    let named = match (input.association_id, input.public_ip) {
        (Some(id), None) => Named::Association(id),
        (None, Some(address)) => Named::PublicIp(address),
        (Some(_), Some(_)) => {
            return Err(Error::InvalidParameterCombination(
                "You may specify public IP or association id, but not both in the same call".into(),
            ));
        }
        (None, None) => return Err(Error::Missing("Either public IP or association id must be specified".into())),
    };
    named.find(&mut ec2.committed(), call.account())?;
    dry_run(input.dry_run)?;

    let (principal, now) = (call.principal, ec2.now());
    ec2.store
        .transact(move |tx| {
            let address = named.find(tx, &principal.account)?;
            if let Some(association) = &address.association
                && let Some(interface) = tx.get::<NetworkInterface>(&association.interface)?
            {
                check_manager(&principal, &interface)?;
            }
            elastic::disassociate(tx, &address, now)?;
            Ok(Unit)
        })
        .await
}

enum Named {
    Association(String),
    PublicIp(String),
}

impl Named {
    /// By its address it is found even when it is associated with nothing: then nothing is to be done.
    fn find(&self, from: &mut (impl Reader + ?Sized), account: &str) -> Result<Address> {
        let id = match self {
            Self::PublicIp(address) => return by_public_ip(from, account, address),
            Self::Association(id) => id,
        };
        let own: Vec<Address> = lookup::all(from, account)?;
        let found = own.into_iter().find(|address| address.association.as_ref().is_some_and(|known| known.id == *id));
        found.ok_or_else(|| Error::NotFound {
            code: "InvalidAssociationID.NotFound",
            message: format!("The association ID '{id}' does not exist"),
        })
    }
}
