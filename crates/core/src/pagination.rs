//! Opaque tokens for paginated answers.
//!
//! A token holds where the next page begins and the fingerprint of the query that it continues. Callers must not
//! look inside, and one that is changed, cut, or sent with another query is refused instead of answering something
//! that looks right. The check keeps out mistakes, not attackers: a forged token gives nobody more than the query
//! itself would, as every page is authorised like the first.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The form of what follows; others are refused.
const VERSION: u8 = 1;
const FINGERPRINT: usize = 8;
const CHECK: usize = 4;

/// AWS's `InvalidNextToken` or `InvalidParameterValue`, as the service has it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the token is not valid for this request")]
pub struct InvalidToken;

/// Identifies a query: its operation, its account, and every parameter but the token and the page's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query([u8; FINGERPRINT]);

impl Query {
    /// `parts` in a fixed order; where one ends and the next begins counts.
    pub fn new<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            let part = part.as_ref();
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(head(&hash.finalize()))
    }

    /// The token for the page after the object `last`.
    pub fn token_after(&self, last: &str) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.0);
        bytes.extend(last.as_bytes());
        let check: [u8; CHECK] = head(&Sha256::digest(&bytes));
        bytes.extend(check);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The id after which the token's page begins.
    pub fn position(&self, token: &str) -> Result<String, InvalidToken> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidToken)?;
        let (body, check) = bytes.split_last_chunk::<CHECK>().ok_or(InvalidToken)?;
        if head::<CHECK>(&Sha256::digest(body)) != *check {
            return Err(InvalidToken);
        }
        let (version, rest) = body.split_first().ok_or(InvalidToken)?;
        let (query, last) = rest.split_first_chunk::<FINGERPRINT>().ok_or(InvalidToken)?;
        if *version != VERSION || *query != self.0 {
            return Err(InvalidToken);
        }
        String::from_utf8(last.to_vec()).map_err(|_| InvalidToken)
    }
}

/// The first bytes of a digest.
fn head<const N: usize>(digest: &[u8]) -> [u8; N] {
    std::array::from_fn(|position| digest[position])
}

/// Cuts what was found to one page. `items` are in the order of their ids and begin after the page before; give one
/// more than `size` where there are more. Returns the page and, if something is left, the token for the next.
pub fn page<T>(mut items: Vec<T>, size: usize, query: &Query, id: impl Fn(&T) -> &str) -> (Vec<T>, Option<String>) {
    if items.len() <= size {
        return (items, None);
    }
    items.truncate(size);
    let token = items.last().map(|last| query.token_after(id(last)));
    (items, token)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pages_follow_each_other_until_nothing_is_left() {
        let all = ["a", "b", "c", "d", "e"];
        let query = Query::new(["DescribeThings", "111122223333"]);
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let rest: Vec<_> = all.iter().copied().filter(|id| *id > after.as_str()).collect();
            let (items, token) = page(rest, 2, &query, |id| id);
            seen.extend(items);
            let Some(token) = token else { break };
            after = query.position(&token).unwrap();
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn a_page_that_holds_all_has_no_token() {
        let query = Query::new(["x"]);
        assert_eq!(page(vec!["a", "b"], 2, &query, |id| id), (vec!["a", "b"], None));
        assert_eq!(page(Vec::<&str>::new(), 2, &query, |id| id), (vec![], None));
    }

    #[test]
    fn a_token_of_another_query_is_refused() {
        let token = Query::new(["ab", "c"]).token_after("i-1");
        assert_eq!(Query::new(["a", "bc"]).position(&token), Err(InvalidToken));
    }

    proptest! {
        #[test]
        fn a_token_gives_back_its_position(parts in proptest::collection::vec(".*", 0..4), last in ".*") {
            let query = Query::new(&parts);
            prop_assert_eq!(query.position(&query.token_after(&last)), Ok(last));
        }

        #[test]
        fn a_changed_token_is_refused(last in ".{0,20}", at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
            let query = Query::new(["x"]);
            let token = query.token_after(&last);
            let at = at.index(token.len());
            let mut changed = token.clone();
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(query.position(&changed).is_ok(), changed == token);
        }

        #[test]
        fn whatever_is_sent_is_answered(token in ".*") {
            let _ = Query::new(["x"]).position(&token);
        }
    }
}
