//! UpdateArchive: what is not mentioned stays.

use std::sync::Arc;

use freehold_api::events::{UpdateArchiveRequest, UpdateArchiveResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{ENABLED, check, days, find};
use crate::Events;
use crate::errors::{Error, Result};

pub(in crate::operations) async fn update_archive(
    events: Arc<Events>,
    call: Call,
    input: UpdateArchiveRequest,
) -> Result<UpdateArchiveResponse, freehold_wire::Error> {
    check(input.kms_key_identifier.as_ref(), input.event_pattern.as_ref())?;
    let changed = events.store.transact::<_, Error, _>(move |tx| {
        let mut archive = find(tx, &call, &input.archive_name.unwrap_or_default())?;
        archive.description = input.description.or(archive.description);
        archive.pattern = input.event_pattern.or(archive.pattern);
        archive.retention_days = days(input.retention_days).unwrap_or(archive.retention_days);
        tx.put(&archive)?;
        Ok(archive)
    });
    let archive = changed.await?;
    events.rules.outdated();
    Ok(UpdateArchiveResponse {
        archive_arn: Some(archive.arn),
        state: Some(ENABLED.into()),
        creation_time: Some(archive.created),
        state_reason: None,
    })
}
