//! Lists a page at a time. What is on offer does not change while a region runs, so that a page begins where so many
//! were passed.

use freehold_core::pagination::Query;

use super::errors::{Error, Result};

/// *Savings Plans API reference: maxResults: maximum value of 1000*, and what there is without it.
const MOST: usize = 1000;

/// A page of what is found, and the token for the next if something is left. `from` gives what there is from a place on,
/// each with its own place, so that what was passed is not looked at again.
pub(super) fn page<T, I: Iterator<Item = (usize, T)>>(
    from: impl FnOnce(usize) -> I,
    max_results: Option<i32>,
    token: Option<&str>,
    query: &[String],
) -> Result<(Vec<T>, Option<String>)> {
    let query = Query::new(query);
    let mut found = from(token.map_or(Ok(0), |token| position(&query, token))?);
    let size = max_results.and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0).unwrap_or(MOST);
    let page: Vec<_> = found.by_ref().take(size).collect();
    let next = found.next().map(|(place, _)| outside(&query.token_after(&place.to_string())));
    Ok((page.into_iter().map(|(_, item)| item).collect(), next))
}

/// The same of what is at hand.
pub(super) fn page_of<T>(
    found: impl Iterator<Item = T>,
    max_results: Option<i32>,
    token: Option<&str>,
    query: &[String],
) -> Result<(Vec<T>, Option<String>)> {
    page(|begin| found.enumerate().skip(begin), max_results, token, query)
}

fn position(query: &Query, token: &str) -> Result<usize> {
    let after = query.position(&inside(token)).ok();
    let passed = after.and_then(|after| after.parse().ok());
    passed.ok_or_else(|| Error::invalid("The provided pagination token is not valid."))
}

/// Tokens may have no other signs than those of Base64's first alphabet (*nextToken: pattern*).
fn outside(token: &str) -> String {
    token.replace('-', "+").replace('_', "/")
}

fn inside(token: &str) -> String {
    token.replace('+', "-").replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_until_nothing_is_left() {
        let query = ["Describe".to_owned()];
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let (page, next) = page_of(0..7, Some(3), token.as_deref(), &query).unwrap();
            seen.extend(page);
            token = next;
            let Some(token) = &token else { break };
            assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/=+".contains(&byte)), "{token}");
        }
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
        assert_eq!(page_of(0..3, Some(0), None, &query).unwrap(), (vec![0, 1, 2], None));
    }

    #[test]
    fn a_token_of_another_query_is_refused() {
        let (_, token) = page_of(0..7, Some(3), None, &["one".to_owned()]).unwrap();
        assert!(page_of(0..7, Some(3), token.as_deref(), &["other".to_owned()]).is_err());
    }
}
