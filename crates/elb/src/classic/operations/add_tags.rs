//! AddTags. All balancers or none.

use std::sync::Arc;

use freehold_api::elb::{AddTagsInput, AddTagsOutput, Tag};
use freehold_core::tags::{self, InvalidTag, Tags};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::lookup;
use crate::Elb;
use crate::classic::errors::Error;
use crate::errors;
use crate::model::LoadBalancer;

pub(super) async fn add_tags(
    elb: Arc<Elb>,
    call: Call,
    input: AddTagsInput,
) -> Result<AddTagsOutput, freehold_wire::Error> {
    let added = input.tags.unwrap_or_default();
    retag(&elb, call.account(), input.load_balancer_names, move |present| merged(present, &added)).await?;
    Ok(AddTagsOutput {})
}

/// Changes the tags of balancers by their names.
pub(super) async fn retag(
    elb: &Elb,
    account: &str,
    names: Option<Vec<String>>,
    change: impl Fn(&Tags) -> Result<Tags, Error> + Send + 'static,
) -> Result<(), Error> {
    let (account, names) = (account.to_owned(), some(names)?);
    elb.store
        .transact::<_, Error, _>(move |tx| {
            for name in names {
                let found: Option<LoadBalancer> = lookup::within(tx, &account, &name)?;
                let mut balancer = found.ok_or(Error::LoadBalancerNotFound(name))?;
                balancer.tags = change(&balancer.tags)?;
                tx.put(&balancer)?;
            }
            Ok(())
        })
        .await
}

/// The names of a request: one at least, and not too many.
pub(super) fn some(names: Option<Vec<String>>) -> Result<Vec<String>, Error> {
    let names = names.unwrap_or_default();
    match names.len() {
        1..=super::quotas::TAGGED => Ok(names),
        _ => Err(Error::invalid(format!("LoadBalancerNames must have 1 to {} names", super::quotas::TAGGED))),
    }
}

/// The tags of something after a request sets some.
pub(super) fn merged(present: &Tags, added: &[Tag]) -> Result<Tags, Error> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let added: Vec<_> = added.iter().map(|tag| (text(&tag.key), text(&tag.value))).collect();
    let pairs = added.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let merged = tags::merge(present, pairs).map_err(|error| match error {
        InvalidTag::TooMany => errors::Error::TooManyTags,
        InvalidTag::Duplicate(key) => errors::Error::DuplicateTagKeys(key),
        error => errors::Error::invalid(error.to_string()),
    });
    Ok(merged?)
}
