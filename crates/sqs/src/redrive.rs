//! Dead letters: which queue's go where.

use std::sync::Arc;

use freehold_store::{Tx, TxExt};

use crate::Sqs;
use crate::address::Name;
use crate::errors::{Error, Result};
use crate::model::{Definition, Redrive};
use crate::registry::Queue;

impl Sqs {
    /// The queues whose dead letters go to `arn`, by name. They belong to the same account.
    pub(crate) fn sources(&self, arn: &str) -> Vec<Arc<Queue>> {
        let Some(target) = Name::of_arn(arn, &self.region) else { return Vec::new() };
        let goes_there = |queue: &Queue| {
            queue.definition.attributes.redrive.as_ref().is_some_and(|redrive| redrive.dead_letter_target_arn == arn)
        };
        self.registry.of_account(target.account, goes_there)
    }
}

/// Whether dead letters of `source` may go where its policy says (*API reference, SetQueueAttributes:
/// RedrivePolicy*).
pub(crate) fn check_target(tx: &mut dyn Tx, source: &Definition, region: &str) -> Result<()> {
    let Some(redrive) = &source.attributes.redrive else { return Ok(()) };
    let invalid = |reason: &str| Error::invalid(shown(redrive), "RedrivePolicy", reason);
    let missing = || invalid("Dead letter target does not exist.");
    let name = Name::of_arn(&redrive.dead_letter_target_arn, region).ok_or_else(missing)?;
    if name.account != source.account {
        return Err(invalid("Dead letter target must be of the same account."));
    }
    if name == source.name() {
        return Err(invalid("Dead letter target must be another queue."));
    }
    let target = tx.get::<Definition>(&Definition::id_of(name))?.ok_or_else(missing)?;
    if target.is_fifo() != source.is_fifo() {
        return Err(invalid("Dead-letter queue must be same type of queue as the source."));
    }
    let allows = target.attributes.redrive_allow.as_ref().is_none_or(|allow| allow.allows(&source.name().arn(region)));
    if !allows {
        return Err(invalid("The dead letter target's RedriveAllowPolicy does not allow this source queue."));
    }
    Ok(())
}

fn shown(redrive: &Redrive) -> String {
    serde_json::to_string(redrive).unwrap_or_default()
}
