//! Finds the caller's plans; anybody else's are as if they did not exist.

use freehold_billing::model::Plan;
use freehold_billing::offers::PlanOffer;
use freehold_core::tags::{self, InvalidTag, Tags};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::super::errors::{Error, Result};
use crate::Costs;

/// The id in a plan's ARN, which the model has checked.
pub(super) fn id_of(arn: &str) -> &str {
    arn.rsplit_once('/').map_or(arn, |(_, id)| id)
}

fn own(call: &Call, id: &str, found: Option<Plan>) -> Result<Plan> {
    found.filter(|plan| plan.account == call.account()).ok_or_else(|| Error::no_plan(id))
}

/// Inside of a transaction.
pub(super) fn within(tx: &mut dyn Tx, call: &Call, id: &str) -> Result<Plan> {
    let found = tx.get::<Plan>(id)?;
    own(call, id, found)
}

/// By its ARN, inside of a transaction.
pub(super) fn by_arn(tx: &mut dyn Tx, call: &Call, arn: &str) -> Result<Plan> {
    let plan = within(tx, call, id_of(arn)).map_err(|_| Error::no_plan(arn))?;
    if plan.arn() == arn { Ok(plan) } else { Err(Error::no_plan(arn)) }
}

/// Tags with those that are added.
pub(super) fn merged(known: &Tags, added: Option<Tags>) -> Result<Tags> {
    let mut tags = known.clone();
    for (key, value) in added.unwrap_or_default() {
        tags::check(&key, &value)?;
        tags.insert(key, value);
    }
    if tags.len() > tags::TAGS_AT_MOST {
        return Err(InvalidTag::TooMany.into());
    }
    Ok(tags)
}

impl Costs {
    /// The caller's plan, as of the last commit.
    pub(super) fn plan(&self, call: &Call, id: &str) -> Result<Plan> {
        own(call, id, self.store.get::<Plan>(id)?)
    }

    /// What was bought when a plan was: it is on offer as long as the sheet knows its family.
    pub(super) fn offer_of(&self, plan: &Plan) -> Option<PlanOffer> {
        self.ledger.sheet().offers().plan(&plan.offering)
    }
}
