//! Lists a page at a time.

use freehold_core::pagination::{self, Query};

use crate::scheduler::errors::{Error, Result};

/// *ListSchedules, ListScheduleGroups: MaxResults: valid range 1 to 100*.
const MOST: usize = 100;

/// A page of what was found, by ARN; `query` says what was asked for.
pub(super) fn page<T>(
    mut found: Vec<T>,
    limit: Option<i32>,
    token: Option<&str>,
    query: &[&str],
    arn: impl Fn(&T) -> &str,
) -> Result<(Vec<T>, Option<String>)> {
    let query = Query::new(query);
    found.sort_by(|one, other| arn(one).cmp(arn(other)));
    if let Some(token) = token {
        let after = query.position(token).map_err(|_| Error::invalid("Invalid NextToken."))?;
        found.retain(|one| arn(one) > after.as_str());
    }
    let size = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST);
    Ok(pagination::page(found, size, &query, arn))
}
