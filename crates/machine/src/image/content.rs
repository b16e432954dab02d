//! What a tree contains, as one hash and one number. Ids of imported images follow from it.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::driver::{Error, Result};

/// A tree's hash and the bytes in its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub hash: [u8; 32],
    pub bytes: u64,
}

/// An image id from a hash.
pub fn id(hash: &[u8]) -> String {
    let mut text = hex::encode(hash);
    text.truncate(17);
    format!("ami-{text}")
}

/// Reads a whole tree, in the order of its names.
pub fn of_tree(root: &Path) -> Result<Content> {
    let mut reader = Reader { hash: Sha256::new(), bytes: 0 };
    reader.directory(root, root).map_err(|error| Error::io("read the image's tree", error))?;
    Ok(Content { hash: reader.hash.finalize().into(), bytes: reader.bytes })
}

struct Reader {
    hash: Sha256,
    bytes: u64,
}

impl Reader {
    fn directory(&mut self, root: &Path, directory: &Path) -> std::io::Result<()> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(directory)? {
            paths.push(entry?.path());
        }
        paths.sort();
        for path in paths {
            let about = fs::symlink_metadata(&path)?;
            let name = path.strip_prefix(root).unwrap_or(&path);
            self.field(name.as_os_str().as_bytes());
            let head = format!("{:o} {} {}", about.mode(), about.uid(), about.gid());
            self.field(head.as_bytes());
            let kind = about.file_type();
            if kind.is_dir() {
                self.directory(root, &path)?;
            } else if kind.is_symlink() {
                self.field(fs::read_link(&path)?.as_os_str().as_bytes());
            } else if kind.is_file() {
                self.file(&path, about.len())?;
            } else if kind.is_char_device() || kind.is_block_device() {
                self.field(&about.rdev().to_be_bytes());
            }
        }
        Ok(())
    }

    /// With its length, so that no two different sequences of fields look alike.
    fn field(&mut self, bytes: &[u8]) {
        self.hash.update((bytes.len() as u64).to_be_bytes());
        self.hash.update(bytes);
    }

    fn file(&mut self, path: &Path, length: u64) -> std::io::Result<()> {
        self.hash.update(length.to_be_bytes());
        self.bytes += length;
        let mut file = File::open(path)?;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(()),
                count => self.hash.update(&buffer[..count]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_or_mode_or_name_changes_the_hash() {
        use std::os::unix::fs::PermissionsExt;
        let place = crate::testing::directory("content");
        let file = place.path().join("a");
        fs::write(&file, "one").unwrap();
        let first = of_tree(place.path()).unwrap();
        assert_eq!(first.bytes, 3);
        assert_eq!(of_tree(place.path()).unwrap(), first);
        fs::write(&file, "two").unwrap();
        let second = of_tree(place.path()).unwrap();
        assert_ne!(second.hash, first.hash);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let third = of_tree(place.path()).unwrap();
        assert_ne!(third.hash, second.hash);
        fs::rename(&file, place.path().join("b")).unwrap();
        assert_ne!(of_tree(place.path()).unwrap().hash, third.hash);
    }
}
