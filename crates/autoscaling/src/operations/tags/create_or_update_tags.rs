//! `CreateOrUpdateTags`: all of them, or none.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::autoscaling::{CreateOrUpdateTagsType, Tag};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Group, group_id};

pub(super) async fn create_or_update_tags(
    own: Arc<AutoScaling>,
    call: Call,
    input: CreateOrUpdateTagsType,
) -> Result<Unit> {
    let mut by_group: BTreeMap<String, Vec<Tag>> = BTreeMap::new();
    for tag in input.tags.unwrap_or_default() {
        by_group.entry(super::owner(&tag)?).or_default().push(tag);
    }
    let account = call.account().to_owned();
    own.store
        .transact(move |tx| {
            for (name, tags) in by_group {
                let mut group = tx.get::<Group>(&group_id(&account, &name))?.ok_or_else(|| Error::no_group(&name))?;
                super::set(&mut group, tags)?;
                tx.put(&group)?;
            }
            Ok::<_, Error>(Unit)
        })
        .await
}
