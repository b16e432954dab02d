//! The region's durable state, behind traits of domain operations. [`sqlite`] keeps it on disk, [`memory`]
//! forgets it at exit; both pass the same conformance suite.
//!
//! State is rows of (kind, id): a JSON document with the account and region it belongs to, a revision, and a few
//! indexed columns. Writing happens in [`Store::transact`] only: a closure that reads, decides and writes, run
//! alone; when its future resolves the result is on disk. Concurrent transactions share one commit.

pub mod document;
pub mod memory;
pub mod row;
pub mod sqlite;
pub mod transaction;

pub use document::Document;
pub use row::{Filter, Row};
pub use transaction::{Store, StoreExt, Tx};

/// What can go wrong in the store itself. A closure's own refusal is its own type.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A row was not what its kind says (a damaged file, or a newer version's).
    #[error("{kind} {id} cannot be read: {detail}")]
    Corrupt { kind: String, id: String, detail: String },
    /// The row was changed by someone else since it was read.
    #[error("{kind} {id} was changed meanwhile")]
    Conflict { kind: String, id: String },
    /// The disk is full; nothing was written.
    #[error("the disk that holds the region's state is full")]
    Full,
    /// Another process has this data directory open.
    #[error("{0} is in use by another freehold")]
    Locked(String),
    /// The state was written by a newer version.
    #[error("the state has schema version {found}, this program knows up to {known}")]
    NewerSchema { found: u32, known: u32 },
    /// Anything else that the engine reports.
    #[error("the region's state cannot be used: {0}")]
    Engine(String),
}
