//! Rows and what selects them.

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
    /// Every row of one account.
    pub fn account(account: impl Into<String>) -> Self {
        Self { account: Some(account.into()), ..Self::default() }
    }

    /// Rows whose indexed column `position` holds `value`.
    pub fn index(position: usize, value: impl Into<String>) -> Self {
        let mut filter = Self::default();
        filter.index[position] = Some(value.into());
        filter
    }
}
