//! Images: what a machine starts from. An image is a directory under `images/`, named by its id; it appears in
//! one piece (built beside, then renamed) and never changes.
//!
//! ```text
//! images/ami-0123456789abcdef0/   image.json     what it is
//!                                 rootfs/        the tree; containers' lower layer
//!                                 rootfs.erofs   the same for virtual machines, made when first asked for
//! ```
//! Sources: recipes that build from Debian packages ([`recipe::Recipe`]), archives ([`import`]), and machines
//! (CreateImage). Ids follow from content or recipe, so that the same thing made twice is one image.

mod build;
mod content;
mod erofs;
mod finish;
mod import;
mod layers;
pub mod recipe;
mod snapshot;
mod store;

pub use recipe::Recipe;
pub use store::ImageStore;

use serde::{Deserialize, Serialize};

/// Called with each step of something long, for a person to read.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);

/// What is known about an image; `image.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `ami-` and 17 hexadecimal digits.
    pub id: String,
    pub name: String,
    pub description: String,
    /// As AWS names it: `x86_64`.
    pub architecture: String,
    /// Smallest root disk that makes sense, in GiB.
    pub root_disk_gib: u32,
    /// Bytes in the tree's files.
    pub size_bytes: u64,
    /// Hash of the tree: paths, kinds, owners, modes and contents.
    pub sha256: String,
    /// The account to log in to with SSH.
    pub default_user: String,
    /// PID 1 is Freehold's guest program (else the image's own init; no such image is made yet).
    pub guest_program: bool,
    /// When it was made.
    pub created: jiff::Timestamp,
    /// Where it came from.
    pub source: Source,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Source {
    /// Built by a recipe of that name (`minimal`, `debian-12`): Freehold's own.
    Recipe { name: String },
    /// Imported from a file of that name.
    Import { file: String },
    /// Made from that machine's disk.
    Machine { id: String },
}

/// What a person says about an image that they make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    pub name: String,
    pub description: String,
}
