//! Tags of rules and buses.

mod list_tags_for_resource;
mod tag_resource;
mod untag_resource;

use freehold_api::events::Tag;
use freehold_core::tags::{self, Tags};
use freehold_store::{Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

pub(super) use list_tags_for_resource::list_tags_for_resource;
pub(super) use tag_resource::tag_resource;
pub(super) use untag_resource::untag_resource;

use super::lookup::BusName;
use crate::errors::{Error, Result};
use crate::model::{Bus, DEFAULT_BUS, Rule};

/// The tags with what a request adds.
pub(super) fn merged(present: &Tags, added: Option<Vec<Tag>>) -> Result<Tags> {
    let added = added.unwrap_or_default();
    let pairs: Vec<(&str, &str)> = added
        .iter()
        .map(|tag| (tag.key.as_deref().unwrap_or_default(), tag.value.as_deref().unwrap_or_default()))
        .collect();
    tags::merge(present, pairs).map_err(|error| Error::invalid(error.to_string()))
}

/// Shows or changes the tags of a rule or a bus of the caller's; `true` writes them.
fn with_tags<T>(
    tx: &mut dyn Tx,
    call: &Call,
    arn: &str,
    now: Timestamp,
    change: impl FnOnce(&mut Tags) -> Result<(T, bool)>,
) -> Result<T> {
    let missing = || missing(arn);
    if let Some(mut rule) = tx.get::<Rule>(arn)?.filter(|rule| rule.account == call.account()) {
        let (answer, is_changed) = change(&mut rule.tags)?;
        if is_changed {
            tx.put(&rule)?;
        }
        return Ok(answer);
    }
    let bus = BusName::of(call, arn.contains(":event-bus/").then_some(arn));
    if bus.arn != arn || bus.account != call.account() {
        return Err(missing());
    }
    let made = || (bus.name == DEFAULT_BUS).then(|| Bus::new(&call.region, &bus.account, &bus.name, now));
    let mut bus = tx.get::<Bus>(arn)?.or_else(made).ok_or_else(missing)?;
    let (answer, is_changed) = change(&mut bus.tags)?;
    if is_changed {
        tx.put(&bus)?;
    }
    Ok(answer)
}

/// What is not there, by what its ARN says that it is.
fn missing(arn: &str) -> Error {
    if let Some((_, rule)) = arn.split_once(":rule/") {
        let (bus, rule) = rule.rsplit_once('/').unwrap_or((DEFAULT_BUS, rule));
        return Error::NoRule { rule: rule.to_owned(), bus: bus.to_owned() };
    }
    match arn.split_once(":event-bus/") {
        Some((_, bus)) => Error::NoBus(bus.to_owned()),
        None => Error::NotFound(format!("The resource {arn} does not exist.")),
    }
}
