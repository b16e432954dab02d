//! CreateArchive: events of a bus are kept from now on.

use std::sync::Arc;

use freehold_api::events::{CreateArchiveRequest, CreateArchiveResponse};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::{ENABLED, check, days};
use crate::Events;
use crate::errors::{Error, Result};
use crate::model::Archive;
use crate::operations::lookup::BusName;

/// *EventBridge quotas: archives*.
const MOST: usize = 100;

pub(in crate::operations) async fn create_archive(
    events: Arc<Events>,
    call: Call,
    input: CreateArchiveRequest,
) -> Result<CreateArchiveResponse, freehold_wire::Error> {
    check(input.kms_key_identifier.as_ref(), input.event_pattern.as_ref())?;
    let source = input.event_source_arn.unwrap_or_default();
    if !source.contains(":event-bus/") {
        return Err(
            Error::invalid("Parameter EventSourceArn is not valid. Reason: Must contain an event bus ARN.").into()
        );
    }
    let bus = BusName::of(&call, Some(&source));
    let archive = Archive {
        description: input.description,
        pattern: input.event_pattern,
        retention_days: days(input.retention_days).unwrap_or_default(),
        ..Archive::new(&call.region, call.account(), &input.archive_name.unwrap_or_default(), &bus.arn, events.now())
    };
    let response = CreateArchiveResponse {
        archive_arn: Some(archive.arn.clone()),
        state: Some(ENABLED.into()),
        creation_time: Some(archive.created),
        state_reason: None,
    };
    let made = events.store.transact::<_, Error, _>(move |tx| {
        if tx.get::<Archive>(&archive.arn)?.is_some() {
            return Err(Error::Exists(format!("Archive {} already exists.", archive.name)));
        }
        bus.check(tx, &call)?;
        if tx.list::<Archive>(&Filter::account(&archive.account))?.len() >= MOST {
            return Err(Error::LimitExceeded("The requested resource exceeds the maximum number allowed.".into()));
        }
        tx.put(&archive.holding())?;
        Ok(tx.put(&archive)?)
    });
    made.await?;
    events.rules.outdated();
    Ok(response)
}
