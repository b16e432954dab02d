//! CreateLogStream.

use std::sync::Arc;

use freehold_api::logs::CreateLogStreamRequest;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;

pub(super) async fn create_log_stream(
    state: Arc<Logs>,
    call: Call,
    input: CreateLogStreamRequest,
) -> Result<Unit, freehold_wire::Error> {
    let group = state.group(&call, input.log_group_name.as_deref())?;
    let name = input.log_stream_name.unwrap_or_default();
    let now = state.now().as_millisecond();
    let is_new = state.events.create_stream(group.number, name, now).await.map_err(Error::from)?;
    if is_new { Ok(Unit) } else { Err(Error::StreamExists.into()) }
}
