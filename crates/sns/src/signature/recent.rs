//! Signatures that were made lately.
//!
//! One message goes to many endpoints, and to some of them again and again: its signature is the same every time, and
//! costs a millisecond or two of a core.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use ring::digest::{SHA256, digest};

use super::Version;

/// About 400 bytes each.
const KEPT: usize = 64;

/// What was signed: a digest of it.
type Key = (Version, [u8; 32]);

#[derive(Default)]
pub(super) struct Recent(Mutex<VecDeque<(Key, String)>>);

impl Recent {
    /// The signature of `text`, by `sign` if it is not known.
    pub(super) fn get_or<E>(
        &self,
        version: Version,
        text: &str,
        sign: impl FnOnce() -> Result<String, E>,
    ) -> Result<String, E> {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        let key = (version, hash);
        if let Some(signature) = self.find(&key) {
            return Ok(signature);
        }
        // Outside of the lock: two that come at once both sign, and nobody waits.
        let signature = sign()?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((key, signature.clone()));
        Ok(signature)
    }

    fn find(&self, key: &Key) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().find(|(known, _)| known == key).map(|(_, signature)| signature.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_signed_once_until_others_have_come() {
        let (recent, mut made) = (Recent::default(), 0);
        let mut ask = |version, text: &str| {
            let answer = recent.get_or::<()>(version, text, || {
                made += 1;
                Ok(format!("{version:?} {text}"))
            });
            (answer.unwrap(), made)
        };
        assert_eq!(ask(Version::One, "a"), ("One a".into(), 1));
        assert_eq!(ask(Version::One, "a"), ("One a".into(), 1));
        assert_eq!(ask(Version::Two, "a"), ("Two a".into(), 2));
        for number in 0..KEPT {
            ask(Version::One, &number.to_string());
        }
        assert_eq!(ask(Version::One, "a"), ("One a".into(), KEPT + 3));
    }

    #[test]
    fn what_fails_is_tried_again() {
        let recent = Recent::default();
        assert_eq!(recent.get_or(Version::One, "a", || Err(1)), Err(1));
        assert_eq!(recent.get_or::<()>(Version::One, "a", || Ok("b".into())), Ok("b".into()));
    }
}
