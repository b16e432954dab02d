//! Lists a page at a time: a page begins where so many products were passed.

use freehold_core::pagination::Query;

use super::errors::{Error, Result};

/// *GetProducts and DescribeServices: MaxResults: up to 100*, and what there is without it.
pub(super) const MOST: usize = 100;

/// The only form of answers.
pub(super) const FORMAT: &str = "aws_v1";

/// Refuses any other form.
pub(super) fn check_format(version: Option<&str>) -> Result<()> {
    match version {
        None | Some(FORMAT) => Ok(()),
        Some(other) => {
            Err(Error::InvalidParameter(format!("The format version {other} is not valid: it is {FORMAT}.")))
        }
    }
}

/// A page of what is found with its places, and the token for the next if something is left. `place` is where each was
/// found, so that what lies before a page is not looked at again.
pub(super) fn page<T>(
    mut found: impl Iterator<Item = (usize, T)>,
    size: usize,
    query: &Query,
) -> (Vec<T>, Option<String>) {
    let page: Vec<_> = found.by_ref().take(size).collect();
    let last = page.last().map(|(place, _)| *place);
    let next = last.filter(|_| found.next().is_some()).map(|place| query.token_after(&place.to_string()));
    (page.into_iter().map(|(_, item)| item).collect(), next)
}

/// The first place that is not passed yet.
pub(super) fn begin(query: &Query, token: Option<&str>) -> Result<usize> {
    let Some(token) = token else { return Ok(0) };
    let place = query.position(token).ok().and_then(|place| place.parse::<usize>().ok());
    place.map(|place| place + 1).ok_or(Error::InvalidNextToken)
}

/// How many a page has.
pub(super) fn size(max_results: Option<i32>, most: usize) -> usize {
    max_results.and_then(|wanted| usize::try_from(wanted).ok()).unwrap_or(most).min(most)
}
