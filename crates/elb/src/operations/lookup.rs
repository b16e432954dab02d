//! Finding what a caller names: of its own account, and not deleted.

use freehold_store::{Document, Error as StoreError, StoreExt, Tx, TxExt};

use crate::Elb;
use crate::errors::Error;
use crate::model::arns::Kind;
use crate::model::{Listener, LoadBalancer, Rule, TargetGroup};

/// A row that callers name by its ARN.
pub(super) trait Named: Document {
    const ARN: Kind;
    /// `load balancer`
    const WHAT: &'static str;

    fn absent() -> Error;

    fn is_gone(&self) -> bool {
        false
    }
}

impl Named for LoadBalancer {
    const ARN: Kind = Kind::LoadBalancer;
    const WHAT: &'static str = "load balancer";

    fn absent() -> Error {
        Error::LoadBalancerNotFound
    }

    /// Classic balancers are not of this version of the API.
    fn is_gone(&self) -> bool {
        self.deleted || self.classic.is_some()
    }
}

impl Named for Listener {
    const ARN: Kind = Kind::Listener;
    const WHAT: &'static str = "listener";

    fn absent() -> Error {
        Error::ListenerNotFound
    }
}

impl Named for Rule {
    const ARN: Kind = Kind::Rule;
    const WHAT: &'static str = "listener rule";

    fn absent() -> Error {
        Error::RuleNotFound
    }
}

impl Named for TargetGroup {
    const ARN: Kind = Kind::TargetGroup;
    const WHAT: &'static str = "target group";

    fn absent() -> Error {
        Error::TargetGroupNotFound
    }
}

/// The row of this ARN as `read` finds it.
fn find<D: Named>(
    account: &str,
    arn: &str,
    read: impl FnOnce(&str) -> Result<Option<D>, StoreError>,
) -> Result<D, Error> {
    if Kind::of(arn) != Some(D::ARN) {
        return Err(Error::invalid(format!("'{arn}' is not a valid {} ARN", D::WHAT)));
    }
    let found = read(arn)?.filter(|row| row.account() == account && !row.is_gone());
    found.ok_or_else(D::absent)
}

/// Inside of a transaction.
pub(super) fn within<D: Named>(tx: &mut dyn Tx, account: &str, arn: &str) -> Result<D, Error> {
    find(account, arn, |id| tx.get::<D>(id))
}

impl Elb {
    /// As of the last commit.
    pub(super) fn find<D: Named>(&self, account: &str, arn: &str) -> Result<D, Error> {
        find(account, arn, |id| self.store.get::<D>(id))
    }

    /// Changes a row that must exist, and answers with what it is then.
    pub(super) async fn change<D, F>(&self, account: &str, arn: &str, change: F) -> Result<D, Error>
    where
        D: Named,
        F: FnOnce(&mut dyn Tx, &mut D) -> Result<(), Error> + Send + 'static,
    {
        let (account, arn) = (account.to_owned(), arn.to_owned());
        self.store
            .transact::<_, Error, _>(move |tx| {
                let mut row: D = within(tx, &account, &arn)?;
                change(tx, &mut row)?;
                tx.put(&row)?;
                Ok(row)
            })
            .await
    }
}
