//! Tags of whatever an ARN names.

use freehold_core::tags::Tags;
use freehold_store::{Tx, TxExt};

use crate::errors::Error;
use crate::model::arns::{self, Kind};
use crate::model::{Listener, LoadBalancer, Rule, TargetGroup};
use crate::operations::lookup;

/// *AddTags: ResourceArns: up to 20*, and the same of the others.
const MOST: usize = 20;

/// The ARNs of a request.
pub(super) fn arns(arns: Option<Vec<String>>) -> Result<Vec<String>, Error> {
    let arns = arns.unwrap_or_default();
    match arns.len() {
        0 => Err(Error::invalid("At least one resource ARN must be specified")),
        1..=MOST => Ok(arns),
        _ => Err(Error::invalid(format!("Up to {MOST} resources can be specified"))),
    }
}

/// Lets `change` do its work on the tags of what `arn` names, and writes them down if it changed any.
pub(super) fn tags(
    tx: &mut dyn Tx,
    account: &str,
    arn: &str,
    change: impl FnOnce(&Tags) -> Result<Tags, Error>,
) -> Result<Tags, Error> {
    match Kind::of(arn) {
        Some(Kind::LoadBalancer) => {
            let mut row: LoadBalancer = lookup::within(tx, account, arn)?;
            let changed = change(&row.tags)?;
            if changed != row.tags {
                row.tags = changed.clone();
                tx.put(&row)?;
            }
            Ok(changed)
        }
        Some(Kind::TargetGroup) => {
            let mut row: TargetGroup = lookup::within(tx, account, arn)?;
            let changed = change(&row.tags)?;
            if changed != row.tags {
                row.tags = changed.clone();
                tx.put(&row)?;
            }
            Ok(changed)
        }
        Some(Kind::Listener) => {
            let mut row: Listener = lookup::within(tx, account, arn)?;
            let changed = change(&row.tags)?;
            if changed != row.tags {
                row.tags = changed.clone();
                tx.put(&row)?;
            }
            Ok(changed)
        }
        Some(Kind::Rule) => of_rule(tx, account, arn, change),
        None => Err(Error::invalid(format!("'{arn}' is not the ARN of a resource of Elastic Load Balancing"))),
    }
}

/// A rule's; a default rule's are kept with its listener.
fn of_rule(
    tx: &mut dyn Tx,
    account: &str,
    arn: &str,
    change: impl FnOnce(&Tags) -> Result<Tags, Error>,
) -> Result<Tags, Error> {
    let listener = arns::listener_of(arn).map(|listener| tx.get::<Listener>(&listener)).transpose()?.flatten();
    if let Some(mut row) = listener.filter(|row| row.account == account && row.default_rule == arn) {
        let changed = change(&row.default_rule_tags)?;
        if changed != row.default_rule_tags {
            row.default_rule_tags = changed.clone();
            tx.put(&row)?;
        }
        return Ok(changed);
    }
    let mut row: Rule = lookup::within(tx, account, arn)?;
    let changed = change(&row.tags)?;
    if changed != row.tags {
        row.tags = changed.clone();
        tx.put(&row)?;
    }
    Ok(changed)
}
