//! Pages of lists: `Marker`, `PageSize`, `NextMarker`.

use freehold_core::pagination::{self, Query};
use freehold_wire::Call;

use crate::errors::Error;

/// *PageSize: maximum value of 400*, which is also what there is without one.
const MOST: usize = 400;

/// One page of `items` and the marker of the next. `parts` are the parameters that chose the items.
pub(crate) fn cut<T>(
    call: &Call,
    mut items: Vec<T>,
    parts: &[&str],
    marker: Option<String>,
    size: Option<i32>,
    id: impl Fn(&T) -> &str,
) -> Result<(Vec<T>, Option<String>), Error> {
    let query = Query::new([call.operation, call.account()].iter().chain(parts));
    items.sort_by(|one, other| id(one).cmp(id(other)));
    if let Some(marker) = marker {
        let after = query.position(&marker).map_err(|_| Error::invalid(format!("Invalid marker: '{marker}'")))?;
        items.retain(|item| id(item) > after.as_str());
    }
    let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(MOST);
    Ok(pagination::page(items, size, &query, id))
}
