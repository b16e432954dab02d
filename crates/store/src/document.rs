//! Typed rows.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A type that is stored as rows of one kind.
pub trait Document: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// `service.resource`, for example `ec2.instance`.
    const KIND: &'static str;

    /// Unique among the kind, over all accounts.
    fn id(&self) -> &str;

    /// The account that owns it.
    fn account(&self) -> &str;

    /// Values to select by; see [`crate::Filter`].
    fn index(&self) -> [Option<String>; 3] {
        [None, None, None]
    }
}
