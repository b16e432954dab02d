//! Pages of answers.

use freehold_core::pagination::Query;

use crate::errors::Error;

/// Most that the Describe operations answer at once, and what they answer if nothing is said
/// (*API reference, DescribeLogGroups: limit*).
const PAGE: i32 = 50;

/// How many a page has.
pub(super) fn size(limit: Option<i32>) -> usize {
    limit.unwrap_or(PAGE).clamp(1, PAGE) as usize
}

/// After what a page begins.
pub(super) fn after(query: &Query, token: Option<&str>) -> Result<Option<String>, Error> {
    token.map(|token| query.position(token).map_err(Error::from)).transpose()
}
