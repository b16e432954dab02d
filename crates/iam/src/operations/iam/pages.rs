//! IAM's way of paging: `Marker`, `MaxItems`, `IsTruncated`.

use freehold_core::pagination::{self, Query};

use crate::errors::Error;

/// *API reference: if you do not include MaxItems, it defaults to 100.*
const DEFAULT: usize = 100;

/// One page and the marker of the next.
pub(super) struct Page<T> {
    pub items: Vec<T>,
    pub marker: Option<String>,
}

/// Cuts `items`, sorted by `id`, to the page that the request asks for.
pub(super) fn page<T>(
    mut items: Vec<T>,
    query: &[&str],
    marker: Option<&str>,
    max_items: Option<i32>,
    id: impl Fn(&T) -> &str,
) -> Result<Page<T>, Error> {
    let query = Query::new(query);
    if let Some(marker) = marker {
        let after = query.position(marker).map_err(|_| Error::InvalidMarker)?;
        items.retain(|item| id(item) > after.as_str());
    }
    let size = max_items.and_then(|size| usize::try_from(size).ok()).unwrap_or(DEFAULT);
    let (items, marker) = pagination::page(items, size, &query, id);
    Ok(Page { items, marker })
}
