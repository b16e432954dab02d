//! Lists a page at a time: a page begins where so many were passed.

use freehold_core::pagination::Query;

use super::errors::{Error, Result};

/// A page of what was found, and the token for the next if something is left.
///
/// A token says how many were passed and what was asked for, so that one of another request is told from none at all.
pub(super) fn page<T>(
    found: Vec<T>,
    size: usize,
    token: Option<&str>,
    query: &str,
) -> Result<(Vec<T>, Option<String>)> {
    let tokens = Query::new(["ce"]);
    let asked = Query::new([query]).token_after("");
    let passed = match token.filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => {
            let position = tokens.position(token).map_err(|_| Error::InvalidNextToken)?;
            let (passed, of) = position.split_once(' ').ok_or(Error::InvalidNextToken)?;
            if of != asked {
                return Err(Error::RequestChanged);
            }
            passed.parse().map_err(|_| Error::InvalidNextToken)?
        }
    };
    let total = found.len();
    let page: Vec<_> = found.into_iter().skip(passed).take(size).collect();
    let reached = passed + page.len();
    let next = (reached < total && !page.is_empty()).then(|| tokens.token_after(&format!("{reached} {asked}")));
    Ok((page, next))
}

/// How many a page has; the model refuses less than one.
pub(super) fn size(max_results: Option<i32>, default: usize) -> usize {
    max_results.and_then(|most| usize::try_from(most).ok()).unwrap_or(default).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other() {
        let (first, token) = page(vec![1, 2, 3], 2, None, "q").unwrap();
        assert_eq!(first, [1, 2]);
        let (second, token) = page(vec![1, 2, 3], 2, token.as_deref(), "q").unwrap();
        assert_eq!((second, token), (vec![3], None));
    }

    #[test]
    fn a_request_that_changed_is_told_from_a_token_that_is_none() {
        let (_, token) = page(vec![1, 2, 3], 2, None, "q").unwrap();
        assert!(matches!(page(vec![1], 2, token.as_deref(), "other"), Err(Error::RequestChanged)));
        assert!(matches!(page(vec![1], 2, Some("x"), "q"), Err(Error::InvalidNextToken)));
    }
}
