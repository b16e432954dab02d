//! Finding what a caller names: of its own account, and not deleted.

use freehold_balancer::config::Kind;
use freehold_store::{Filter, StoreExt, Tx, TxExt};

use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::Classic;
use crate::model::LoadBalancer;

/// The name of a request, which is not empty.
pub(super) fn name(given: Option<String>) -> Result<String, Error> {
    given.filter(|name| !name.is_empty()).ok_or_else(|| Error::invalid("LoadBalancerName must not be empty"))
}

fn is_it(balancer: &LoadBalancer) -> bool {
    balancer.kind == Kind::Classic && !balancer.deleted
}

/// Inside of a transaction.
pub(super) fn within(tx: &mut dyn Tx, account: &str, name: &str) -> Result<Option<LoadBalancer>, Error> {
    let found = tx.list::<LoadBalancer>(&Filter::account(account).and_index(0, name))?;
    Ok(found.into_iter().find(is_it))
}

impl Elb {
    /// All of the account's.
    pub(super) fn classics(&self, account: &str) -> Result<Vec<LoadBalancer>, Error> {
        let mut all = self.store.list::<LoadBalancer>(&Filter::account(account))?;
        all.retain(is_it);
        Ok(all)
    }

    /// As of the last commit: the balancer and what is classic of it.
    pub(super) fn classic(&self, account: &str, given: Option<String>) -> Result<(LoadBalancer, Classic), Error> {
        let name = name(given)?;
        let found = self.store.list::<LoadBalancer>(&Filter::account(account).and_index(0, &name))?;
        let found = found.into_iter().find(is_it).and_then(|mut it| it.classic.take().map(|classic| (it, classic)));
        found.ok_or(Error::LoadBalancerNotFound(name))
    }

    /// Changes a balancer that must exist.
    pub(super) async fn change_classic<T, F>(&self, account: &str, given: Option<String>, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut LoadBalancer, &mut Classic) -> Result<T, Error> + Send + 'static,
    {
        let (account, name) = (account.to_owned(), name(given)?);
        self.store
            .transact::<_, Error, _>(move |tx| {
                let Some(mut balancer) = within(tx, &account, &name)? else {
                    return Err(Error::LoadBalancerNotFound(name));
                };
                let Some(mut classic) = balancer.classic.take() else {
                    return Err(Error::LoadBalancerNotFound(name));
                };
                let changed = change(&mut balancer, &mut classic)?;
                balancer.classic = Some(classic);
                tx.put(&balancer)?;
                Ok(changed)
            })
            .await
    }
}
