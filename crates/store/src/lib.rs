//! The region's durable state, behind traits of domain operations. [`SqliteStore`] keeps it on disk,
//! [`MemoryStore`] forgets it at exit; both pass the same conformance suite.
//!
//! State is rows of (kind, id): a JSON document with the account and region it belongs to, a revision, and a few
//! indexed columns. Writing happens in [`StoreExt::transact`] only: a closure that reads, decides and writes, run
//! alone; when its future resolves the result is on disk. Concurrent transactions share one commit.

#[cfg(test)]
mod conformance;
pub mod database;
pub mod document;
pub mod error;
pub mod idempotency;
mod kept;
pub mod memory;
pub mod messages;
pub mod reconcile;
pub mod row;
pub mod sqlite;
pub mod transaction;
mod watchers;

pub use document::Document;
pub use error::Error;
pub use kept::Kept;
pub use memory::MemoryStore;
pub use row::{Filter, Row};
pub use sqlite::SqliteStore;
pub use transaction::{SharedStore, Store, StoreExt, Tx, TxExt};
