//! Lists a page at a time.

use freehold_core::pagination::{self, Query};

use crate::errors::{Error, Result};

/// *ListRules, ListTargetsByRule and the like: Limit: valid range 1 to 100*.
const MOST: usize = 100;

/// A page of what was found, which is put into the order of its names; `query` says what was asked for.
pub(crate) fn page<T>(
    mut found: Vec<T>,
    limit: Option<i32>,
    token: Option<&str>,
    query: &[&str],
    name: impl Fn(&T) -> &str,
) -> Result<(Vec<T>, Option<String>)> {
    let query = Query::new(query);
    found.sort_by(|one, other| name(one).cmp(name(other)));
    if let Some(token) = token {
        let after = query.position(token).map_err(|_| Error::invalid("Parameter NextToken is not valid."))?;
        found.retain(|one| name(one) > after.as_str());
    }
    let size = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST);
    Ok(pagination::page(found, size, &query, name))
}
