//! Pages of Describe operations. A token names the last item that was shown, not a position: items that come or go
//! between two pages make nobody else be shown twice or never.

use freehold_core::pagination::Query;
use freehold_wire::Call;

use crate::errors::{Error, Result};

/// One page and the token of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_token: Option<String>,
}

/// What a request says of pages.
#[derive(Debug, Clone)]
pub struct Paging {
    query: Query,
    max_results: Option<i32>,
    next_token: Option<String>,
}

impl Paging {
    /// Tokens are good for the operation and account that they were given to.
    pub fn new(call: &Call, max_results: Option<i32>, next_token: Option<String>) -> Self {
        Self::of(Query::new([call.operation, call.account()]), max_results, next_token)
    }

    fn of(query: Query, max_results: Option<i32>, next_token: Option<String>) -> Self {
        Self { query, max_results, next_token }
    }

    /// Refuses a `MaxResults` outside of `range` (from the operation's page in the API reference).
    pub fn within(self, range: std::ops::RangeInclusive<i32>) -> Result<Self> {
        match self.max_results {
            Some(asked) if asked < *range.start() => Err(Error::invalid_value(
                "maxResults",
                format_args!(" {asked} "),
                format_args!("Expecting a value greater than or equal to {}.", range.start()),
            )),
            Some(asked) if asked > *range.end() => Err(Error::invalid_value(
                "maxResults",
                format_args!(" {asked} "),
                format_args!("Expecting a value less than or equal to {}.", range.end()),
            )),
            _ => Ok(self),
        }
    }

    /// The page of items that come in the order of their keys already, and of which there may be too many to have them all.
    pub fn next_of<T>(&self, items: impl Iterator<Item = T>, key: impl Fn(&T) -> &str) -> Result<Page<T>> {
        let after = self.next_token.as_deref().map(|token| self.query.position(token)).transpose();
        let after = after.map_err(|_| Error::InvalidNextToken)?;
        let limit = self.max_results.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
        let left = items.skip_while(|item| after.as_deref().is_some_and(|after| key(item) <= after));
        let mut items: Vec<T> = left.take(limit.saturating_add(1)).collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let next_token = items.last().filter(|_| more).map(|last| self.query.token_after(key(last)));
        Ok(Page { items, next_token })
    }

    /// The page of `items` that is asked for, in the order of their keys (usually their ids).
    pub fn page<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> &str) -> Result<Page<T>> {
        let after = self.next_token.as_deref().map(|token| self.query.position(token)).transpose();
        let after = after.map_err(|_| Error::InvalidNextToken)?;
        if self.max_results.is_none() && after.is_none() {
            return Ok(Page { items, next_token: None });
        }
        items.sort_by(|a, b| key(a).cmp(key(b)));
        if let Some(after) = after {
            let shown = items.partition_point(|item| key(item) <= after.as_str());
            items.drain(..shown);
        }
        let limit = self.max_results.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_token = items.last().filter(|_| more).map(|last| self.query.token_after(key(last)));
        Ok(Page { items, next_token })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paging(max_results: Option<i32>, next_token: Option<String>) -> Paging {
        Paging::of(Query::new(["DescribeThings"]), max_results, next_token)
    }

    proptest! {
        #[test]
        fn pages_show_every_item_once(count in 0usize..60, size in 1i32..20) {
            let items: Vec<String> = (0..count).map(|n| format!("i-{n:04}")).collect();
            let (mut seen, mut token) = (Vec::new(), None);
            loop {
                let page = paging(Some(size), token).page(items.clone(), |item| item);
                let Ok(Page { items, next_token }) = page else { return Err(TestCaseError::fail("refused")) };
                seen.extend(items);
                token = next_token;
                if token.is_none() {
                    break;
                }
            }
            prop_assert_eq!(seen, items);
        }

        #[test]
        fn a_token_of_someone_elses_making_is_refused(token in "[a-zA-Z0-9+/=_-]{1,30}") {
            let refused = paging(None, Some(token)).page(vec!["a"], |item| item);
            prop_assert_eq!(refused, Err(Error::InvalidNextToken));
        }
    }

    #[test]
    fn a_size_out_of_range_is_refused() {
        assert!(paging(Some(3), None).within(5..=1000).is_err());
        assert!(paging(Some(1001), None).within(5..=1000).is_err());
        assert!(paging(Some(5), None).within(5..=1000).is_ok());
    }
}
