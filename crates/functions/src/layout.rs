//! Where things of functions are below the region's data directory. Control plane and node are different processes that
//! agree on nothing but this.
//!
//! ```text
//! <data>/functions/
//!   node.sock              where the node is spoken to
//!   revisions/<id>/        one revision; written by the control plane, removed by the node
//!     spec.json            [`crate::spec::Revision`]
//!     code/                the unpacked package, which becomes /var/task
//!   layers/                unpacked layers, in directories that the control plane names
//!   spool/                 what functions wrote and the control plane has not fetched yet
//!   runtimes/              AWS's runtime interface clients, as `freehold lambda runtimes install` put them
//! ```
//!
//! A revision is written under a name that begins with `.` and renamed into place when it is whole, `spec.json` and
//! `code/` together. From then on nobody changes it: another configuration or other code is another id.

use std::path::{Path, PathBuf};

/// The directory of all functions of a region.
#[derive(Debug, Clone)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    pub fn new(data_dir: &Path) -> Self {
        Self { root: data_dir.join("functions") }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn socket(&self) -> PathBuf {
        self.root.join("node.sock")
    }

    pub fn revisions(&self) -> PathBuf {
        self.root.join("revisions")
    }

    /// One revision. The id must satisfy [`is_revision_id`].
    pub fn revision(&self, id: &str) -> PathBuf {
        self.revisions().join(id)
    }

    pub fn spec(&self, id: &str) -> PathBuf {
        self.revision(id).join("spec.json")
    }

    pub fn code(&self, id: &str) -> PathBuf {
        self.revision(id).join("code")
    }

    pub fn layers(&self) -> PathBuf {
        self.root.join("layers")
    }

    pub fn spool(&self) -> PathBuf {
        self.root.join("spool")
    }

    pub fn runtimes(&self) -> PathBuf {
        self.root.join("runtimes")
    }
}

/// Whether this may be the id of a revision: 1 to 64 letters, digits and hyphens, not beginning with a hyphen. Ids become
/// names of directories and of control groups.
pub fn is_revision_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=64).contains(&id.len()) && id.bytes().all(is_plain) && !id.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_never_leaves_its_directory() {
        assert!(is_revision_id("rev-0a1b2c"));
        for wrong in ["", ".", "..", "a/b", "-a", ".new", "a b", &"x".repeat(65)] {
            assert!(!is_revision_id(wrong), "{wrong}");
        }
    }
}
