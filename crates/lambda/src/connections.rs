//! Which builds use which interfaces of VPCs: taken before a build is brought to where it runs, given back when nothing of
//! it is left. What follows for EC2 is a reconciler's.

use freehold_functions::spec;
use freehold_store::{Filter, StoreExt, Tx, TxExt};

use crate::Lambda;
use crate::errors::Error;
use crate::model::{Failure, Interface, InterfaceState, Version};

/// How far a build's network is.
pub(crate) enum Connection {
    Ready(spec::Network),
    UnderWay,
    Failed(Failure),
}

impl Lambda {
    /// Takes the interfaces of a version's build, and tells how far they are.
    pub(crate) async fn connect(&self, version: &Version) -> Result<Connection, Error> {
        if version.settings.connected().is_none() {
            return Ok(Connection::Ready(spec::Network::Public));
        }
        let version = version.clone();
        let taken = self.store.transact::<_, Error, _>(move |tx| take(tx, &version)).await?;
        let mut interfaces = Vec::new();
        for interface in taken {
            match interface.state {
                InterfaceState::Made(made) => interfaces.push(made),
                InterfaceState::Refused(failure) => return Ok(Connection::Failed(failure)),
                InterfaceState::Wanted | InterfaceState::Leaving => return Ok(Connection::UnderWay),
            }
        }
        // None: the build is not wanted any more.
        let is_wanted = !interfaces.is_empty();
        Ok(if is_wanted { Connection::Ready(spec::Network::Vpc { interfaces }) } else { Connection::UnderWay })
    }
}

/// All interfaces of the build, as long as it is the one that is wanted: what was dismissed takes nothing more.
fn take(tx: &mut dyn Tx, version: &Version) -> Result<Vec<Interface>, Error> {
    let present = tx.get::<Version>(version.qualified_arn())?;
    let is_wanted = present.is_some_and(|present| present.build == version.build);
    let Some(vpc) = version.settings.connected().filter(|_| is_wanted) else { return Ok(Vec::new()) };
    let mut taken = Vec::new();
    for subnet in &vpc.subnets {
        let found = tx.get::<Interface>(&Interface::id_of(subnet, &vpc.groups))?;
        let mut interface = found.unwrap_or_else(|| Interface::new(version, vpc, subnet));
        if interface.take(&version.build) {
            tx.put(&interface)?;
        }
        taken.push(interface);
    }
    Ok(taken)
}

/// Gives back whatever a build had taken.
pub(crate) fn release(tx: &mut dyn Tx, account: &str, build: &str) -> Result<(), Error> {
    for mut interface in tx.list::<Interface>(&Filter::account(account))? {
        if interface.users.remove(build) {
            tx.put(&interface)?;
        }
    }
    Ok(())
}
