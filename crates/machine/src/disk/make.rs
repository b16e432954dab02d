//! Makes disks. Formatting takes tens of milliseconds, so each size is formatted once and copied: a fresh file
//! system is a few MiB of data in a sparse file.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use rustix::fs::SeekFrom as Sparse;

use crate::driver::{Error, Result};
use crate::program;

/// Makes a disk of `gib` GiB at `path` unless there is one. `templates` is where formatted ones are kept.
pub fn make(templates: &Path, path: &Path, gib: u32) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let template = template(templates, gib)?;
    let failed = |error| Error::io("make the disk", error);
    let draft = draft_of(path);
    copy_sparse(&template, &draft).inspect_err(|_| drop(fs::remove_file(&draft)))?;
    fs::rename(&draft, path).map_err(failed)
}

/// A formatted, empty disk of that size.
fn template(templates: &Path, gib: u32) -> Result<PathBuf> {
    let path = templates.join(format!("ext4-{gib}g.img"));
    if path.exists() {
        return Ok(path);
    }
    let failed = |error| Error::io("make a disk template", error);
    // Many machines of one size may be made at once; one of them formats.
    static FORMATTING: Mutex<()> = Mutex::new(());
    let _alone = FORMATTING.lock().unwrap_or_else(PoisonError::into_inner);
    if path.exists() {
        return Ok(path);
    }
    let draft = draft_of(&path);
    let mut tree = draft.clone().into_os_string();
    tree.push(".tree");
    let tree = PathBuf::from(tree);
    for directory in ["upper", "work"] {
        fs::create_dir_all(tree.join(directory)).map_err(failed)?;
    }
    let made = format(&draft, &tree, gib);
    let _ = fs::remove_dir_all(&tree);
    made.inspect_err(|_| drop(fs::remove_file(&draft)))?;
    fs::rename(&draft, &path).map_err(failed)?;
    Ok(path)
}

fn format(draft: &Path, tree: &Path, gib: u32) -> Result<()> {
    let file = File::create(draft).map_err(|error| Error::io("make a disk template", error))?;
    file.set_len(u64::from(gib) << 30).map_err(|error| Error::io("make a disk template", error))?;
    // Inode tables and journal are zero already in a sparse file; nothing is reserved for root, because root
    // inside the machine is the user.
    let options = "lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=0:0";
    let mut command = Command::new("mkfs.ext4");
    command.args(["-q", "-F", "-m", "0", "-J", "size=16", "-E", options, "-d"]);
    program::run("mkfs.ext4", command.arg(tree).arg(draft))?;
    Ok(())
}

fn draft_of(path: &Path) -> PathBuf {
    path.with_extension(format!("{}-{:08x}", std::process::id(), rand::random::<u32>()))
}

/// Copies data and leaves holes holes.
pub fn copy_sparse(from: &Path, to: &Path) -> Result<()> {
    let failed = |error: std::io::Error| Error::io("copy a disk", error);
    let mut source = File::open(from).map_err(failed)?;
    let mut target = File::create(to).map_err(failed)?;
    let length = source.metadata().map_err(failed)?.len();
    target.set_len(length).map_err(failed)?;
    let mut at = 0;
    // A hole up to the end is reported as ENXIO.
    while let Ok(start) = rustix::fs::seek(&source, Sparse::Data(at)) {
        let end = rustix::fs::seek(&source, Sparse::Hole(start)).map_err(|error| failed(error.into()))?;
        source.seek(SeekFrom::Start(start)).map_err(failed)?;
        target.seek(SeekFrom::Start(start)).map_err(failed)?;
        let copied = std::io::copy(&mut Read::by_ref(&mut source).take(end - start), &mut target);
        copied.map_err(failed)?;
        at = end;
    }
    target.flush().map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_disk_has_its_size_and_takes_little_room() {
        let place = crate::testing::directory("disk");
        let path = place.path().join("root.img");
        make(place.path(), &path, 8).unwrap();
        let file = fs::metadata(&path).unwrap();
        assert_eq!(file.len(), 8 << 30);
        assert!(file.blocks() * 512 < 64 << 20, "{} blocks", file.blocks());
    }

    #[test]
    fn an_existing_disk_is_kept() {
        let place = crate::testing::directory("disk");
        let path = place.path().join("root.img");
        fs::write(&path, "data").unwrap();
        make(place.path(), &path, 1).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"data");
    }
}
