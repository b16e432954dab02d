//! DeleteArchive. Its events are left to a reconciler.

use std::sync::Arc;

use freehold_api::events::{DeleteArchiveRequest, DeleteArchiveResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::find;
use crate::Events;
use crate::errors::{Error, Result};
use crate::model::{Archive, Holding};

pub(in crate::operations) async fn delete_archive(
    events: Arc<Events>,
    call: Call,
    input: DeleteArchiveRequest,
) -> Result<DeleteArchiveResponse, freehold_wire::Error> {
    let deleted = events.store.transact::<_, Error, _>(move |tx| {
        let archive = find(tx, &call, &input.archive_name.unwrap_or_default())?;
        let held = tx.get::<Holding>(&archive.key)?.unwrap_or_else(|| archive.holding());
        tx.put(&Holding { is_dismissed: true, ..held })?;
        tx.delete::<Archive>(&archive.arn)?;
        Ok(())
    });
    deleted.await?;
    events.rules.outdated();
    Ok(DeleteArchiveResponse::default())
}
