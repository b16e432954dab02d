//! What can go wrong in the store itself. A closure's own refusal is its own type.

use std::path::PathBuf;

#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A row was not what its kind says (a damaged file, or a newer version's).
    #[error("{kind} {id} cannot be read: {detail}")]
    Corrupt { kind: String, id: String, detail: String },
    /// The database file itself is damaged or is something else.
    #[error(
        "the region's state in {} is damaged ({detail}); put a backup in its place, or start anew with `freehold reset`",
        path.display()
    )]
    Damaged { path: PathBuf, detail: String },
    /// The row was changed by someone else since it was read.
    #[error("{kind} {id} was changed meanwhile")]
    Conflict { kind: String, id: String },
    /// The disk is full; nothing of this transaction was written. Writing works again when there is room.
    #[error("the disk that holds the region's state is full")]
    Full,
    /// Another process has this data directory open.
    #[error("{0} is in use by another freehold")]
    Locked(String),
    /// The state was written by a newer version.
    #[error("the state has schema version {found}, this program knows up to {known}")]
    NewerSchema { found: u32, known: u32 },
    /// The closure panicked; its writes were taken back.
    #[error("a change of the region's state failed inside and was taken back")]
    Panicked,
    /// The store is shutting down.
    #[error("the region's state is closed")]
    Closed,
    /// Anything else that the engine reports.
    #[error("the region's state cannot be used: {0}")]
    Engine(String),
}
