//! Finding what a caller names, and naming what is new.

use freehold_core::{Arn, ids};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::MOST_CERTIFICATES;
use crate::Acm;
use crate::errors::Error;
use crate::model::Certificate;

/// The ARN of a new certificate: its last part is a version 4 UUID.
pub(super) fn new_arn(call: &Call) -> String {
    Arn::new("acm", &call.region, call.account(), format!("certificate/{}", ids::uuid())).to_string()
}

/// Refuses what is no certificate's ARN.
fn check(call: &Call, arn: &str) -> Result<(), Error> {
    let parsed: Option<Arn> = arn.parse().ok();
    match parsed.filter(|it| it.service == "acm" && it.region == call.region && it.resource.starts_with("certificate/"))
    {
        Some(_) => Ok(()),
        None => Err(Error::InvalidArn(arn.to_owned())),
    }
}

fn own(call: &Call, arn: &str, found: Option<Certificate>) -> Result<Certificate, Error> {
    found.filter(|it| it.account == call.account()).ok_or_else(|| Error::NotFound(arn.to_owned()))
}

/// The caller's certificate of this ARN, inside of a transaction.
pub(super) fn within(tx: &mut dyn Tx, call: &Call, arn: &str) -> Result<Certificate, Error> {
    check(call, arn)?;
    let found = tx.get::<Certificate>(arn)?;
    own(call, arn, found)
}

/// Refuses one certificate more than an account may have.
pub(super) fn check_count(tx: &mut dyn Tx, account: &str) -> Result<(), Error> {
    let mut count = 0;
    tx.look_at_rows("acm.certificate", &Filter::account(account), &mut |_, _| {
        count += 1;
        Ok(())
    })?;
    match count >= MOST_CERTIFICATES {
        true => Err(Error::LimitExceeded(format!("An account can have up to {MOST_CERTIFICATES} certificates."))),
        false => Ok(()),
    }
}

impl Acm {
    /// The caller's certificate of this ARN, as of the last commit.
    pub(super) fn find(&self, call: &Call, arn: &str) -> Result<Certificate, Error> {
        check(call, arn)?;
        own(call, arn, self.store.get::<Certificate>(arn)?)
    }
}
