//! Environments that are kept ready: what the node is told, again whenever it knows something else. The node remembers no
//! wish, so a new one is told all of them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_functions::contract::Provision as Wish;
use freehold_store::{Filter, StoreExt, TxExt};

use crate::Lambda;
use crate::errors::Error;
use crate::lookup::{self, Qualified, qualified};
use crate::metering;
use crate::model::{Provisioned, Version};
use crate::names::FunctionName;

pub(crate) struct Provision(pub Arc<Lambda>);

impl Provision {
    /// Configurations whose version has other memory than is paid for: an alias stands for another one since.
    fn changed(&self) -> Result<Vec<String>, Error> {
        let configs = self.0.store.list::<Provisioned>(&Filter::all())?;
        let is_other = |config: &Provisioned| {
            let memory_mib = memory(&self.0.store, config);
            memory_mib.is_some() && memory_mib != config.paid.as_ref().map(|paid| paid.memory_mib)
        };
        Ok(configs.into_iter().filter(is_other).map(|config| config.arn).collect())
    }

    async fn pay(&self, arn: &str) -> Result<(), Error> {
        let (arn, now) = (arn.to_owned(), self.0.now());
        let paid = self.0.store.transact::<_, Error, _>(move |tx| {
            let Some(config) = tx.get::<Provisioned>(&arn)? else { return Ok(()) };
            match memory(&mut *tx, &config) {
                Some(memory_mib) => Ok(metering::provision(tx, config, memory_mib, now)?),
                None => Ok(()),
            }
        });
        paid.await
    }

    /// How many environments each build should have, and the version that it is of.
    fn wanted(&self) -> Result<Vec<(String, u32, Version)>, Error> {
        let mut wanted: Vec<(String, u32, Version)> = Vec::new();
        for config in self.0.store.list::<Provisioned>(&Filter::all())? {
            let Some(name) = FunctionName::parse(&config.arn, "", "") else { continue };
            let version = match qualified(&self.0.store, &name) {
                Ok(Qualified::Version(version)) => Some(*version),
                Ok(Qualified::Alias(alias)) => {
                    self.0.store.get::<Version>(&Version::id(&alias.function, &alias.version))?
                }
                Err(_) => None,
            };
            let Some((version, build)) = version.and_then(|found| Some((found.clone(), found.live?))) else { continue };
            match wanted.iter_mut().find(|(other, ..)| *other == build) {
                Some((_, count, _)) => *count += config.requested,
                None => wanted.push((build, config.requested, version)),
            }
        }
        Ok(wanted)
    }
}

/// Of what a configuration keeps ready; `None` while there is no such version.
fn memory(from: impl lookup::Reader, config: &Provisioned) -> Option<u32> {
    let name = FunctionName::parse(&config.arn, "", "")?;
    Some(lookup::version(from, &name).ok()?.settings.memory_mib)
}

/// Keys of configurations; those of builds are no ARNs.
const ARN: &str = "arn:";

#[async_trait]
impl Reconciler for Provision {
    fn name(&self) -> &'static str {
        "lambda.provision"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// Builds whose wish the node does not know as it is.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let (wanted, changed) = (self.wanted()?, self.changed()?);
        let Ok(status) = self.0.node.status().await else { return Ok(changed) };
        let known = |build: &str| status.revisions.get(build).map_or(0, |found| found.wanted);
        let mut pending: Vec<String> =
            wanted.iter().filter(|(build, count, _)| known(build) != *count).map(|(build, ..)| build.clone()).collect();
        let is_wanted = |build: &str| wanted.iter().any(|(other, ..)| other == build);
        let left = status.revisions.iter().filter(|(build, found)| found.wanted > 0 && !is_wanted(build));
        pending.extend(left.map(|(build, _)| build.clone()));
        pending.extend(changed);
        Ok(pending)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        if key.starts_with(ARN) {
            self.pay(key).await?;
            return Ok(Next::Settled);
        }
        let wish = match self.wanted()?.into_iter().find(|(build, ..)| build == key) {
            Some((_, wanted, version)) => Wish { wanted, credentials: Some(self.0.credentials(&version).await?) },
            None => Wish { wanted: 0, credentials: None },
        };
        self.0.node.provision(key, wish).await?;
        Ok(Next::Settled)
    }
}
