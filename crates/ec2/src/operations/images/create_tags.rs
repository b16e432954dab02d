//! `CreateTags`: adds tags to resources of any kind, or overwrites their values. All of them, or none.

use std::sync::Arc;

use freehold_api::ec2::CreateTagsRequest;
use freehold_store::StoreExt;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::taggable;
use crate::errors::{Error, Result};
use crate::model::Tags;
use crate::operations::dry_run;
use crate::{Ec2, tagging};

/// *API reference, CreateTags: ResourceId.N*.
const MAX_RESOURCES: usize = 1000;

pub async fn create_tags(ec2: Arc<Ec2>, call: Call, input: CreateTagsRequest) -> Result<Unit> {
    let resources = checked_resources(input.resources)?;
    let new = input.tags.filter(|tags| !tags.is_empty()).ok_or(Error::MissingParameter("Tag"))?;
    let new = tagging::check_by(&call.principal, new)?;
    let (account, dry) = (call.account().to_owned(), input.dry_run);
    ec2.store
        .transact(move |tx| {
            let add = |tags: &mut Tags| {
                tags.0.extend(new.0.clone());
                tagging::check_count(tags)
            };
            for id in &resources {
                taggable::change(tx, &account, id, &add)?;
            }
            dry_run(dry)
        })
        .await?;
    Ok(Unit)
}

pub(super) fn checked_resources(resources: Option<Vec<String>>) -> Result<Vec<String>> {
    let resources = resources.filter(|ids| !ids.is_empty()).ok_or(Error::MissingParameter("ResourceId"))?;
    if resources.len() > MAX_RESOURCES {
        return Err(Error::InvalidParameterValue(format!(
            "At most {MAX_RESOURCES} resources can be tagged in one call."
        )));
    }
    Ok(resources)
}
