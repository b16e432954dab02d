//! Interfaces of functions in VPCs that are to be made, or that nobody uses any more.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure as Failed, Next, Reconciler};
use freehold_store::{Document, Filter, StoreExt, TxExt};
use freehold_wire::error::Fault;

use crate::Lambda;
use crate::ec2::Ec2;
use crate::errors::Error;
use crate::model::{Failure, Interface, InterfaceState};

pub(crate) struct Connect(pub Arc<Lambda>);

#[async_trait]
impl Reconciler for Connect {
    fn name(&self) -> &'static str {
        "lambda.connect"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn pending(&self) -> Result<Vec<String>, Failed> {
        let found = self.0.store.list::<Interface>(&Filter::index(0, "unsettled"))?;
        Ok(found.into_iter().map(|interface| interface.id().to_owned()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failed> {
        let Some(interface) = self.0.store.get::<Interface>(key)? else { return Ok(Next::Settled) };
        match &interface.state {
            InterfaceState::Leaving => self.remove(interface).await?,
            _ if interface.users.is_empty() => {
                // Noted before it is done: whoever wants it from now on gets another one.
                let is_unused = |interface: &Interface| interface.users.is_empty();
                self.note(interface, is_unused, InterfaceState::Leaving).await?;
                return Ok(Next::Again);
            }
            InterfaceState::Wanted => self.make(interface).await?,
            InterfaceState::Made(_) | InterfaceState::Refused(_) => {}
        }
        Ok(Next::Settled)
    }
}

impl Connect {
    async fn make(&self, interface: Interface) -> Result<(), Failed> {
        let ec2 = Ec2::new(&self.0.local, &interface.account);
        let made = match ec2.find(&interface).await? {
            Some(found) => Ok(Some(found)),
            None => ec2.create(&interface).await,
        };
        let state = match made {
            Ok(Some(made)) => match ec2.on_host(made).await? {
                Some(made) => InterfaceState::Made(made),
                None => return Ok(()),
            },
            Ok(None) => return Ok(()),
            Err(error) if error.fault == Fault::Sender => InterfaceState::Refused(refusal(&error)),
            Err(error) => return Err(error.into()),
        };
        Ok(self.note(interface, |_| true, state).await?)
    }

    async fn remove(&self, interface: Interface) -> Result<(), Failed> {
        let ec2 = Ec2::new(&self.0.local, &interface.account);
        let found = ec2.find(&interface).await?;
        if let Some(id) = found.and_then(|found| found.network_interface_id) {
            ec2.delete(&id).await?;
        }
        let id = interface.id().to_owned();
        let forgotten = self.0.store.transact::<_, Error, _>(move |tx| {
            // Not one that took its place.
            if tx.get::<Interface>(&id)?.is_some_and(|left| left == interface) {
                tx.delete::<Interface>(&id)?;
            }
            Ok(())
        });
        Ok(forgotten.await?)
    }

    /// Writes down what became of it, unless something else did meanwhile.
    async fn note(
        &self,
        seen: Interface,
        still: impl FnOnce(&Interface) -> bool + Send + 'static,
        state: InterfaceState,
    ) -> Result<(), Error> {
        let noted = self.0.store.transact::<_, Error, _>(move |tx| {
            let found = tx.get::<Interface>(seen.id())?;
            if let Some(mut found) = found.filter(|found| found.state == seen.state && still(found)) {
                found.state = state;
                tx.put(&found)?;
            }
            Ok(())
        });
        noted.await
    }
}

/// EC2's refusal as a function's state tells it (*API reference, FunctionConfiguration: StateReasonCode*).
fn refusal(error: &freehold_wire::Error) -> Failure {
    let code = match &*error.code {
        "InvalidSubnetID.NotFound" => "InvalidSubnet",
        "InvalidGroup.NotFound" | "InvalidParameterValue" | "InvalidParameter" => "InvalidSecurityGroup",
        "InsufficientFreeAddressesInSubnet" => "SubnetOutOfIPAddresses",
        "NetworkInterfaceLimitExceeded" => "EniLimitExceeded",
        _ => "InvalidConfiguration",
    };
    Failure::new(code, format!("{}: {}", error.code, error.message))
}
