//! What all batches have in common (*API reference, SendMessageBatch*).

use std::collections::HashSet;

use freehold_api::sqs::BatchResultErrorEntry;

use crate::errors::{Error, Result};

const ENTRIES_AT_MOST: usize = 10;
const ID_AT_MOST: usize = 80;

/// A kind of batch.
pub(crate) struct Batch(pub &'static str);

impl Batch {
    /// Checks number and ids of the entries. Whatever else is wrong is wrong with one entry.
    pub fn check<'a>(&self, ids: impl ExactSizeIterator<Item = Option<&'a str>>) -> Result<()> {
        match ids.len() {
            0 => return Err(Error::EmptyBatchRequest(self.0)),
            count if count > ENTRIES_AT_MOST => return Err(Error::TooManyEntriesInBatchRequest(count)),
            _ => {}
        }
        let mut seen = HashSet::with_capacity(ENTRIES_AT_MOST);
        for id in ids.map(Option::unwrap_or_default) {
            let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            if id.is_empty() || id.len() > ID_AT_MOST || !id.bytes().all(is_valid) {
                return Err(Error::InvalidBatchEntryId);
            }
            if !seen.insert(id) {
                return Err(Error::BatchEntryIdsNotDistinct(id.to_owned()));
            }
        }
        Ok(())
    }
}

/// An entry that failed.
pub(crate) fn failed(id: Option<String>, error: &Error) -> BatchResultErrorEntry {
    BatchResultErrorEntry {
        id,
        sender_fault: Some(error.is_senders()),
        code: Some(error.query_code().to_owned()),
        message: Some(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ids: &[&str]) -> Result<()> {
        Batch("SendMessageBatchRequestEntry").check(ids.iter().map(|id| Some(*id)))
    }

    #[test]
    fn a_batch_has_one_to_ten_entries_with_different_ids() {
        assert!(check(&["a", "b-1_C"]).is_ok());
        let sentence = |ids: &[&str]| check(ids).unwrap_err().to_string();
        assert_eq!(sentence(&[]), "There should be at least one SendMessageBatchRequestEntry in the request.");
        assert_eq!(sentence(&["a"; 11]), "Maximum number of entries per request are 10. You have sent 11.");
        assert_eq!(sentence(&["a", "b", "a"]), "Id a repeated.");
        for bad in ["", "a b", "ü", &"a".repeat(81)] {
            assert!(matches!(check(&[bad]), Err(Error::InvalidBatchEntryId)), "{bad}");
        }
    }
}
