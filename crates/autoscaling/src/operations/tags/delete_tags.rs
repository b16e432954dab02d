//! `DeleteTags`: by key; a value that is given and another one leaves the tag.

use std::sync::Arc;

use freehold_api::autoscaling::DeleteTagsType;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Group, group_id};

pub(super) async fn delete_tags(own: Arc<AutoScaling>, call: Call, input: DeleteTagsType) -> Result<Unit> {
    let tags = input.tags.unwrap_or_default();
    let account = call.account().to_owned();
    own.store
        .transact(move |tx| {
            for tag in tags {
                let name = super::owner(&tag)?;
                let mut group = tx.get::<Group>(&group_id(&account, &name))?.ok_or_else(|| Error::no_group(&name))?;
                let key = tag.key.unwrap_or_default();
                let is_meant =
                    group.tags.get(&key).is_some_and(|its| tag.value.as_ref().is_none_or(|value| *value == its.value));
                if is_meant {
                    group.tags.remove(&key);
                    tx.put(&group)?;
                }
            }
            Ok::<_, Error>(Unit)
        })
        .await
}
