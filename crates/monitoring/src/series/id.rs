//! What a series is known by.

/// A metric of an account. Dimensions in another order are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MetricId {
    pub account: String,
    pub namespace: String,
    pub name: String,
    /// Sorted by name.
    dimensions: Vec<(String, String)>,
}

impl MetricId {
    pub fn new(account: &str, namespace: &str, name: &str, mut dimensions: Vec<(String, String)>) -> Self {
        dimensions.sort();
        Self { account: account.to_owned(), namespace: namespace.to_owned(), name: name.to_owned(), dimensions }
    }

    pub fn dimensions(&self) -> &[(String, String)] {
        &self.dimensions
    }

    pub fn dimension(&self, name: &str) -> Option<&str> {
        self.dimensions.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// As they are stored.
    pub(super) fn dimensions_text(&self) -> String {
        // Pairs of strings are always JSON.
        serde_json::to_string(&self.dimensions).unwrap_or_default()
    }

    pub(super) fn stored(account: String, namespace: String, name: String, dimensions: &str) -> Self {
        Self { account, namespace, name, dimensions: serde_json::from_str(dimensions).unwrap_or_default() }
    }
}
