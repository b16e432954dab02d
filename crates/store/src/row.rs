//! Rows and what selects them.

use crate::{Document, Error};

/// One stored document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is: `ec2.instance`.
    pub kind: String,
    /// Unique among its kind.
    pub id: String,
    pub account: String,
    pub region: String,
    /// Grows with every write to any row of the store; 0 for a row that was never written.
    pub revision: u64,
    /// JSON.
    pub document: Vec<u8>,
    /// Up to three values to select by, with the meaning that the kind gives them.
    pub index: [Option<String>; 3],
}

impl Row {
    /// The row that holds `document`, as yet unwritten.
    pub fn encode<D: Document>(document: &D, region: &str) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(document).map_err(|error| corrupt(D::KIND, document.id(), &error))?;
        Ok(Self {
            kind: D::KIND.into(),
            id: document.id().into(),
            account: document.account().into(),
            region: region.into(),
            revision: 0,
            document: bytes,
            index: document.index(),
        })
    }

    /// The document that the row holds.
    pub fn decode<D: Document>(&self) -> Result<D, Error> {
        decode(&self.kind, &self.id, &self.document)
    }
}

/// The document in the row of this kind and id.
pub(crate) fn decode<D: Document>(kind: &str, id: &str, document: &[u8]) -> Result<D, Error> {
    // Checked as a whole: the parser would check each string, which takes longer.
    let text = std::str::from_utf8(document).map_err(|error| corrupt(kind, id, &error))?;
    serde_json::from_str(text).map_err(|error| corrupt(kind, id, &error))
}

fn corrupt(kind: &str, id: &str, error: &dyn std::error::Error) -> Error {
    Error::Corrupt { kind: kind.into(), id: id.into(), detail: error.to_string() }
}

/// Selects rows of one kind; every field that is set must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub account: Option<String>,
    /// By position in [`Row::index`].
    pub index: [Option<String>; 3],
    /// Only these ids.
    pub ids: Option<Vec<String>>,
    /// Ids greater than this one (rows come in the order of their ids).
    pub after: Option<String>,
    /// At most this many.
    pub limit: Option<usize>,
}

impl Filter {
    /// Every row of the kind.
    pub fn all() -> Self {
        Self::default()
    }

    /// Every row of one account.
    pub fn account(account: impl Into<String>) -> Self {
        Self { account: Some(account.into()), ..Self::default() }
    }

    /// Rows whose indexed column `position` (0 to 2) holds `value`.
    pub fn index(position: usize, value: impl Into<String>) -> Self {
        Self::default().and_index(position, value)
    }

    /// Rows with these ids; ids that do not exist are passed over.
    pub fn ids<I: Into<String>>(ids: impl IntoIterator<Item = I>) -> Self {
        Self { ids: Some(ids.into_iter().map(Into::into).collect()), ..Self::default() }
    }

    /// … and whose indexed column `position` (0 to 2) holds `value`.
    pub fn and_index(mut self, position: usize, value: impl Into<String>) -> Self {
        self.index[position] = Some(value.into());
        self
    }

    /// … and that belong to `account`.
    pub fn and_account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// The page of at most `limit` rows that follows the row `after`.
    pub fn page(mut self, after: Option<String>, limit: usize) -> Self {
        self.after = after;
        self.limit = Some(limit);
        self
    }

    /// Whether the row is selected, `limit` left aside.
    pub fn matches(&self, row: &Row) -> bool {
        self.account.as_ref().is_none_or(|account| *account == row.account)
            && self.index.iter().zip(&row.index).all(|(wanted, held)| wanted.is_none() || wanted == held)
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&row.id))
            && self.after.as_ref().is_none_or(|after| row.id > *after)
    }
}
