//! `DeleteTags`: by key, by key and value, or all that users made.

use std::sync::Arc;

use freehold_api::ec2::{DeleteTagsRequest, Tag};
use freehold_core::tags::is_reserved;
use freehold_store::StoreExt;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::create_tags::checked_resources;
use super::taggable;
use crate::errors::Result;
use crate::model::Tags;
use crate::operations::dry_run;
use crate::{Ec2, tagging};

pub async fn delete_tags(ec2: Arc<Ec2>, call: Call, input: DeleteTagsRequest) -> Result<Unit> {
    let resources = checked_resources(input.resources)?;
    let doomed = input.tags.unwrap_or_default();
    // A service takes its own marks off again.
    let is_service = call.principal.is_service_linked();
    if !is_service {
        for tag in &doomed {
            tagging::check_key(tag.key.as_deref().unwrap_or_default())?;
        }
    }
    let (account, dry) = (call.account().to_owned(), input.dry_run);
    ec2.store
        .transact(move |tx| {
            let remove = |tags: &mut Tags| {
                tags.0.retain(|key, value| (is_reserved(key) && !is_service) || !is_doomed(&doomed, key, value));
                Ok(())
            };
            for id in &resources {
                taggable::change(tx, &account, id, &remove)?;
            }
            dry_run(dry)
        })
        .await?;
    Ok(Unit)
}

/// A tag without a value is meant whatever its value; no tags at all are all of them (*API reference, DeleteTags*).
fn is_doomed(doomed: &[Tag], key: &str, value: &str) -> bool {
    let meant = |tag: &Tag| tag.key.as_deref() == Some(key) && tag.value.as_deref().is_none_or(|said| said == value);
    doomed.is_empty() || doomed.iter().any(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_a_value_and_none_is_any() {
        let tag = |value: Option<&str>| [Tag { key: Some("k".into()), value: value.map(str::to_owned) }];
        assert!(is_doomed(&tag(None), "k", "v"));
        assert!(is_doomed(&tag(Some("v")), "k", "v"));
        assert!(!is_doomed(&tag(Some("")), "k", "v"));
        assert!(is_doomed(&tag(Some("")), "k", ""));
        assert!(!is_doomed(&tag(None), "other", "v"));
        assert!(is_doomed(&[], "k", "v"));
    }
}
