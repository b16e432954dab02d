//! Pages of a hundred, the only size there is (*API reference, ListTopics*).

use freehold_core::pagination::{self, Query};
use freehold_store::{Document, Filter, SharedStore, StoreExt};
use freehold_wire::Call;

use crate::errors::Error;

pub(crate) const PAGE: usize = 100;

/// One page of what `filter` selects, in the order of ids, and the token of the next.
pub(crate) fn page<D: Document>(
    store: &SharedStore,
    call: &Call,
    about: &str,
    filter: Filter,
    token: Option<&str>,
    size: usize,
) -> Result<(Vec<D>, Option<String>), Error> {
    let query = Query::new([call.operation, call.account(), about]);
    let after = match token {
        Some(token) if !token.is_empty() => Some(
            query.position(token).map_err(|_| Error::reason("NextToken", "The token is not valid for this request"))?,
        ),
        _ => None,
    };
    let found = store.list::<D>(&filter.page(after, size + 1))?;
    Ok(pagination::page(found, size, &query, Document::id))
}
