//! Pages: fifty where nothing is said, a hundred at most (*API reference: MaxRecords*).

use freehold_core::pagination::{self, Query};
use freehold_wire::Call;

use crate::errors::{Error, Result};

const PAGE: i32 = 50;
pub(super) const MOST: i32 = 100;

/// The page of `items` that is asked for, in the order in which they are given; keys tell them apart.
pub(super) fn page<T>(
    call: &Call,
    items: Vec<T>,
    max: Option<i32>,
    most: i32,
    token: Option<&str>,
    key: impl Fn(&T) -> &str,
) -> Result<(Vec<T>, Option<String>)> {
    let size = max.unwrap_or(PAGE);
    if !(1..=most).contains(&size) {
        return Err(Error::validation(format!(
            "1 validation error detected: Value '{size}' at 'maxRecords' failed to satisfy constraint: Member must have \
             value between 1 and {most}"
        )));
    }
    let query = Query::new([call.operation, call.account()]);
    let mut items = items;
    if let Some(token) = token.filter(|token| !token.is_empty()) {
        let last = query.position(token).map_err(|_| Error::InvalidNextToken)?;
        let shown = items.iter().position(|item| key(item) == last).map_or(items.len(), |position| position + 1);
        items.drain(..shown);
    }
    Ok(pagination::page(items, usize::try_from(size).unwrap_or(1), &query, key))
}
