//! DescribeArchive.

use std::sync::Arc;

use freehold_api::events::{DescribeArchiveRequest, DescribeArchiveResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{ENABLED, find};
use crate::Events;
use crate::errors::{Error, Result};
use crate::model::Holding;

pub(in crate::operations) async fn describe_archive(
    events: Arc<Events>,
    call: Call,
    input: DescribeArchiveRequest,
) -> Result<DescribeArchiveResponse, freehold_wire::Error> {
    let found = events.store.transact::<_, Error, _>(move |tx| {
        let archive = find(tx, &call, &input.archive_name.unwrap_or_default())?;
        let holding = tx.get::<Holding>(&archive.key)?.unwrap_or_else(|| archive.holding());
        Ok((archive, holding))
    });
    let (archive, holding) = found.await?;
    Ok(DescribeArchiveResponse {
        archive_arn: Some(archive.arn),
        archive_name: Some(archive.name),
        event_source_arn: Some(archive.bus),
        description: archive.description,
        event_pattern: archive.pattern,
        state: Some(ENABLED.into()),
        retention_days: i32::try_from(archive.retention_days).ok(),
        size_bytes: i64::try_from(holding.bytes).ok(),
        event_count: i64::try_from(holding.events).ok(),
        creation_time: Some(archive.created),
        state_reason: None,
        kms_key_identifier: None,
    })
}
