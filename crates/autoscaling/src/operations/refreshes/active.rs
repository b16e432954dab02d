//! The refresh that is under way.

use freehold_store::{Filter, Tx, TxExt};

use crate::errors::Result;
use crate::model::{Group, Refresh};

pub(super) fn active(tx: &mut dyn Tx, group: &Group) -> Result<Option<Refresh>> {
    let found = tx.list::<Refresh>(&Filter::index(0, &group.id).and_index(1, "active"))?;
    Ok(found.into_iter().next())
}
