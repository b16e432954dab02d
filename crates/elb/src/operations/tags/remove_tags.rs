//! RemoveTags. Keys that are not there are gone already.

use std::sync::Arc;

use freehold_api::elbv2::{RemoveTagsInput, RemoveTagsOutput};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::change;
use crate::Elb;
use crate::errors::Error;

pub(super) async fn remove_tags(
    elb: Arc<Elb>,
    call: Call,
    input: RemoveTagsInput,
) -> Result<RemoveTagsOutput, freehold_wire::Error> {
    let (account, arns) = (call.account().to_owned(), change::arns(input.resource_arns)?);
    let keys = input.tag_keys.unwrap_or_default();
    let removed = elb.store.transact::<_, Error, _>(move |tx| {
        for arn in arns {
            change::tags(tx, &account, &arn, |present| {
                let mut left = present.clone();
                left.retain(|key, _| !keys.contains(key));
                Ok(left)
            })?;
        }
        Ok(())
    });
    removed.await?;
    Ok(RemoveTagsOutput {})
}
