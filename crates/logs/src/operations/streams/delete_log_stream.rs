//! DeleteLogStream: with its events.

use std::sync::Arc;

use freehold_api::logs::DeleteLogStreamRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;

pub(super) async fn delete_log_stream(
    state: Arc<Logs>,
    call: Call,
    input: DeleteLogStreamRequest,
) -> Result<Unit, freehold_wire::Error> {
    let group = state.group(&call, input.log_group_name.as_deref())?;
    let name = input.log_stream_name.unwrap_or_default();
    let was_there = state.events.delete_stream(group.number, name).await.map_err(Error::from)?;
    if was_there { Ok(Unit) } else { Err(Error::NoStream.into()) }
}
