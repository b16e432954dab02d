//! Pages of queues (*API reference, ListQueues: MaxResults*): without a size there is one page and no token.

use std::sync::Arc;

use freehold_core::pagination::{self, Query};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::registry::Queue;

const RESULTS_AT_MOST: i32 = 1000;

/// What a request says about pages.
pub(super) struct Asked<'a> {
    pub size: Option<i32>,
    pub token: Option<&'a str>,
}

/// One page's addresses of queues that are in the order of their names, and the next page's token.
pub(super) fn page(
    call: &Call,
    mut queues: Vec<Arc<Queue>>,
    what: &str,
    asked: &Asked<'_>,
) -> Result<(Vec<String>, Option<String>)> {
    if let Some(size) = asked.size.filter(|size| !(1..=RESULTS_AT_MOST).contains(size)) {
        let reason = format!("Value must be between 1 and {RESULTS_AT_MOST}.");
        return Err(Error::invalid(size, "MaxResults", reason));
    }
    let query = Query::new([call.operation, call.account(), what]);
    if let Some(token) = asked.token.filter(|token| !token.is_empty()) {
        let after = query
            .position(token)
            .map_err(|_| Error::invalid(token, "NextToken", "It is not valid for this request."))?;
        queues.retain(|queue| queue.definition.name > after);
    }
    let size = asked.size.unwrap_or(RESULTS_AT_MOST).unsigned_abs() as usize;
    let (queues, token) = pagination::page(queues, size, &query, |queue| &queue.definition.name);
    let urls = queues.iter().map(|queue| queue.definition.name().url(call)).collect();
    Ok((urls, token.filter(|_| asked.size.is_some())))
}
