//! Takes over finished files that a node's program wrote below its directory: logs, for example. The program is another
//! user's, and what it writes may change under our eyes: each step goes through a descriptor, no link is followed, and
//! nothing but plain files with harmless names is taken.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::driver::{Error, Result};

/// Deeper than any log.
const DEPTH: usize = 12;
/// No honest file is larger; the rest of such a one is lost.
const FILE_BYTES: u64 = 1 << 30;

const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::RDONLY).union(OFlags::CLOEXEC);
const PLAIN: OFlags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::RDONLY).union(OFlags::CLOEXEC);

/// Moves all files below `<directory>/<from>` to the same places below `to`; how many there were. Names that begin with
/// a dot are still being written. A file that is there already keeps its content.
pub fn collect(directory: &Path, from: &str, to: &Path) -> Result<usize> {
    let failed = |error: Errno| Error::io("take over a node's files", error);
    match rustix::fs::open(directory.join(from), DIRECTORY, Mode::empty()) {
        Ok(top) => walk(&top, to, DEPTH).map_err(|error| Error::io("take over a node's files", error)),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(0),
        Err(error) => Err(failed(error)),
    }
}

fn walk(directory: &OwnedFd, to: &Path, depth: usize) -> std::io::Result<usize> {
    let mut taken = 0;
    if depth == 0 {
        return Ok(0);
    }
    let entries: Vec<_> = Dir::read_from(directory)?.collect::<Result<_, _>>()?;
    for entry in entries {
        let name = entry.file_name();
        if !is_harmless(name.to_bytes()) {
            continue;
        }
        let target = to.join(OsStr::from_bytes(name.to_bytes()));
        let known = match rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(known) => FileType::from_raw_mode(known.st_mode),
            Err(Errno::NOENT) => continue,
            Err(error) => return Err(error.into()),
        };
        match known {
            FileType::Directory => {
                let inside = rustix::fs::openat(directory, name, DIRECTORY, Mode::empty())?;
                taken += walk(&inside, &target, depth - 1)?;
            }
            FileType::RegularFile => {
                let file = File::from(rustix::fs::openat(directory, name, PLAIN, Mode::empty())?);
                // What it was when it was looked at, and what it is, may differ.
                if file.metadata()?.is_file() {
                    copy(file, to, &target)?;
                    taken += 1;
                }
                rustix::fs::unlinkat(directory.as_fd(), name, AtFlags::empty())?;
            }
            _ => {}
        }
    }
    Ok(taken)
}

/// Whole or not at all. Cut off before the original is gone, it is done again.
fn copy(file: File, directory: &Path, target: &Path) -> std::io::Result<()> {
    if target.exists() {
        return Ok(());
    }
    fs::create_dir_all(directory)?;
    let draft = directory.join(format!(".{:016x}", rand::random::<u64>()));
    let mut copy = File::create_new(&draft)?;
    let copied = std::io::copy(&mut file.take(FILE_BYTES), &mut copy).and_then(|_| fs::rename(&draft, target));
    copied.inspect_err(|_| _ = fs::remove_file(&draft))
}

fn is_harmless(name: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !name.starts_with(b".") && name.len() <= 255 && name.iter().all(is_letter)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn finished_files_are_taken_and_nothing_else() {
        let place = crate::testing::directory("collect");
        let (node, to) = (place.path().join("node"), place.path().join("bucket"));
        let logs = node.join("logs/AWSLogs/2026");
        fs::create_dir_all(&logs).unwrap();
        fs::write(logs.join("one.log"), "1").unwrap();
        fs::write(logs.join(".two.log"), "half").unwrap();
        fs::write(place.path().join("secret"), "s").unwrap();
        std::os::unix::fs::symlink(place.path().join("secret"), logs.join("linked.log")).unwrap();
        std::os::unix::fs::symlink(place.path(), node.join("logs/elsewhere")).unwrap();
        assert_eq!(collect(&node, "logs", &to).unwrap(), 1);
        assert_eq!(fs::read_to_string(to.join("AWSLogs/2026/one.log")).unwrap(), "1");
        assert!(!logs.join("one.log").exists() && logs.join(".two.log").exists());
        assert!(!to.join("elsewhere").exists() && !to.join("AWSLogs/2026/linked.log").exists());
        assert!(place.path().join("secret").exists());
        assert_eq!(collect(&node, "logs", &to).unwrap(), 0);
        assert_eq!(collect(&node, "nothing", &to).unwrap(), 0);
    }
}
