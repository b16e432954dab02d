//! AddTags. All resources or none.

use std::sync::Arc;

use freehold_api::elbv2::{AddTagsInput, AddTagsOutput};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::{change, merged};
use crate::Elb;
use crate::errors::Error;

pub(super) async fn add_tags(
    elb: Arc<Elb>,
    call: Call,
    input: AddTagsInput,
) -> Result<AddTagsOutput, freehold_wire::Error> {
    let (account, arns) = (call.account().to_owned(), change::arns(input.resource_arns)?);
    let added = input.tags.unwrap_or_default();
    let tagged = elb.store.transact::<_, Error, _>(move |tx| {
        for arn in arns {
            change::tags(tx, &account, &arn, |present| merged(present, added.clone()))?;
        }
        Ok(())
    });
    tagged.await?;
    Ok(AddTagsOutput {})
}
