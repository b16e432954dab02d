//! CreateQueue: the same request twice makes one queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::sqs::{CreateQueueRequest, CreateQueueResult};
use freehold_core::tags::{self, Tags};
use freehold_queues::new_queue_id;
use freehold_store::{Filter, TxExt};
use freehold_wire::{Call, Error as WireError};

use crate::Sqs;
use crate::address::Name;
use crate::attributes::{apply, settable};
use crate::control::Change;
use crate::errors::{Error, Result};
use crate::model::{Definition, QueueAttributes, Tombstone};
use crate::redrive::check_target;

const FIFO: &str = ".fifo";
const NAME_AT_MOST: usize = 80;

pub(crate) async fn create_queue(
    sqs: Arc<Sqs>,
    call: Call,
    input: CreateQueueRequest,
) -> Result<CreateQueueResult, WireError> {
    let name = input.queue_name.unwrap_or_default();
    let given = input.attributes.unwrap_or_default();
    let is_fifo = is_fifo(&name, given.get("FifoQueue").map(String::as_str))?;
    let mut attributes = QueueAttributes::new(is_fifo);
    apply(&mut attributes, &given)?;
    let asked: Vec<_> = input.tags.into_iter().flatten().collect();
    let tags = tags::merge(&Tags::new(), asked.iter().map(|(key, value)| (key.as_str(), value.as_str())))
        .map_err(|error| Error::InvalidParameterValue(error.to_string()))?;
    let name = Name { account: call.account(), queue: &name };
    let wanted = Definition::new(name, new_queue_id(), attributes, tags, sqs.clock.now());
    let (queue_url, region) = (name.url(&call), sqs.region.clone());
    sqs.change(move |tx| {
        let id = Definition::id_of(wanted.name());
        if let Some(existing) = tx.get::<Definition>(&id)? {
            return same(&existing, &given, &wanted.tags).map(|()| ((), Change::None));
        }
        if tx.list::<Tombstone>(&Filter::index(0, id))?.iter().any(|deleted| deleted.rests(wanted.created)) {
            return Err(Error::QueueDeletedRecently);
        }
        check_target(tx, &wanted, &region)?;
        tx.put(&wanted)?;
        Ok(((), Change::Put(Box::new(wanted))))
    })
    .await?;
    Ok(CreateQueueResult { queue_url: Some(queue_url) })
}

/// Which kind of queue it shall be: both the name and the attribute say FIFO, or none does.
fn is_fifo(name: &str, attribute: Option<&str>) -> Result<bool> {
    let stem = name.strip_suffix(FIFO);
    let wants_fifo = attribute.is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let letters = if wants_fifo { stem.unwrap_or_default() } else { name };
    if !letters.is_empty() && letters.bytes().all(is_valid) && name.len() <= NAME_AT_MOST {
        return Ok(wants_fifo);
    }
    Err(Error::InvalidParameterValue(if wants_fifo {
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo \
         suffix and be 1 to 80 in length."
            .into()
    } else {
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length".into()
    }))
}

/// Whether a queue is what is asked for. What the request leaves open may be anything.
fn same(existing: &Definition, given: &BTreeMap<String, String>, tags: &Tags) -> Result<()> {
    let mut wanted = existing.attributes.clone();
    apply(&mut wanted, given)?;
    let (before, after) = (settable(&existing.attributes), settable(&wanted));
    if let Some(name) = given.keys().find(|name| before.get(*name) != after.get(*name)) {
        return Err(Error::QueueNameExists(format!("attribute {name}")));
    }
    if !tags.is_empty() && *tags != existing.tags {
        return Err(Error::QueueNameExists("tags".into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifo_queue_says_so_twice() {
        assert!(!is_fifo("jobs", None).unwrap());
        assert!(is_fifo("jobs.fifo", Some("true")).unwrap());
        assert!(!is_fifo("jobs", Some("false")).unwrap());
        for (name, attribute) in
            [("jobs.fifo", None), ("jobs", Some("true")), (".fifo", Some("true")), ("a.b", None), ("", None)]
        {
            assert!(is_fifo(name, attribute).is_err(), "{name}");
        }
        assert!(is_fifo(&"n".repeat(80), None).is_ok() && is_fifo(&"n".repeat(81), None).is_err());
        let long = |stem: usize| format!("{}.fifo", "n".repeat(stem));
        assert!(is_fifo(&long(75), Some("true")).is_ok() && is_fifo(&long(76), Some("true")).is_err());
    }
}
