//! The serial console's file. QEMU only ever appends; the old part is cut off from here, without a gap in
//! which a line could get lost, by taking whole blocks out of the file's beginning.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::FallocateFlags;

use crate::driver::{Error, Result};

/// What is kept and can be asked for.
pub const KEPT: u64 = 64 << 10;
/// A file with more than this on disk is cut.
const CUT_ABOVE: u64 = 1 << 20;

/// Opens it for QEMU to write to.
pub fn open(path: &Path) -> Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(|source| Error::io("opening the console's file", source))
}

/// The last [`KEPT`] bytes.
pub fn tail(path: &Path) -> Result<Vec<u8>> {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(KEPT)))?;
        let mut tail = Vec::new();
        file.take(KEPT).read_to_end(&mut tail)?;
        Ok(tail)
    };
    match read() {
        Ok(tail) => Ok(tail),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Error::io("reading the console", error)),
    }
}

/// Cuts the old part off a file that has grown. Cheap when there is nothing to do.
pub fn trim(path: &Path) -> Result<()> {
    let Ok(file) = OpenOptions::new().write(true).open(path) else { return Ok(()) };
    let metadata = file.metadata().map_err(|source| Error::io("reading the console's size", source))?;
    if metadata.blocks() * 512 <= CUT_ABOVE {
        return Ok(());
    }
    // Both ways are atomic towards a writer that appends. Collapsing also shortens the file; where the file
    // system cannot, a hole gives the space back.
    let block = metadata.blksize().max(4096);
    let old = (metadata.len() - KEPT) / block * block;
    rustix::fs::fallocate(&file, FallocateFlags::COLLAPSE_RANGE, 0, old)
        .or_else(|_| rustix::fs::fallocate(&file, FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE, 0, old))
        .map_err(|source| Error::io("cutting the console's file", source))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_console_that_grew_is_cut_and_keeps_its_end() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("console.log");
        assert!(tail(&path).unwrap().is_empty());
        let mut writer = open(&path).unwrap();
        for line in 0..100_000 {
            writeln!(writer, "line number {line:020}").unwrap();
        }
        writer.sync_all().unwrap();
        let before = tail(&path).unwrap();
        trim(&path).unwrap();
        assert_eq!(tail(&path).unwrap(), before);
        assert_eq!(before.len() as u64, KEPT);
        let metadata = std::fs::metadata(&path).unwrap();
        assert!(metadata.blocks() * 512 <= CUT_ABOVE, "{} blocks", metadata.blocks());
        writeln!(writer, "after the cut").unwrap();
        assert!(tail(&path).unwrap().ends_with(b"after the cut\n"));
    }
}
