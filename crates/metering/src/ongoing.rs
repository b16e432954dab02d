//! What is being used now.

use jiff::Timestamp;

use crate::Stretch;

/// A service whose resources are used for a time.
pub trait Ongoing: Send + Sync + 'static {
    /// Everything that is in use, as if it ended now.
    ///
    /// # Errors
    /// Those of the store.
    fn ongoing(&self, now: Timestamp) -> Result<Vec<Stretch>, freehold_store::Error>;
}
