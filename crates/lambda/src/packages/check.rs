//! Whether a package can be unpacked, by its table of contents.

use std::io::Cursor;

use zip::ZipArchive;

use crate::errors::Error;

/// Bytes of a package that comes in the request, and of all of it when unpacked (*Developer guide, Lambda quotas:
/// Deployment package size*).
const MOST_ZIPPED: usize = 50 << 20;
pub(crate) const MOST_UNPACKED: u64 = 250 << 20;
/// Files of a package: a limit of ours, so that a table of contents costs nobody a disk's inodes.
const MOST_FILES: usize = 50_000;

/// Bytes of all files, as the package says.
pub(super) fn unpacked_bytes(package: &[u8]) -> Result<u64, Error> {
    if package.len() > MOST_ZIPPED {
        return Err(Error::RequestTooLarge(format!(
            "The package is {} bytes; what is uploaded directly must be smaller than {MOST_ZIPPED} bytes",
            package.len()
        )));
    }
    let broken = || Error::invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
    let mut archive = ZipArchive::new(Cursor::new(package)).map_err(|_| broken())?;
    if archive.is_empty() {
        return Err(Error::invalid("Uploaded file must be a non-empty zip"));
    }
    if archive.len() > MOST_FILES {
        return Err(Error::invalid(format!("The package holds more than {MOST_FILES} files.")));
    }
    let mut total = 0u64;
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(|_| broken())?;
        if file.enclosed_name().is_none() || file.encrypted() {
            return Err(broken());
        }
        total = total.saturating_add(file.size());
    }
    if total > MOST_UNPACKED {
        return Err(Error::invalid(format!("Unzipped size must be smaller than {MOST_UNPACKED} bytes")));
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::tests::package;

    #[test]
    fn a_name_that_leaves_the_directory_is_refused() {
        assert_eq!(unpacked_bytes(&package(&[("a/b.py", b"12345")])).unwrap(), 5);
        assert!(unpacked_bytes(&package(&[("../../etc/passwd", b"x")])).is_err());
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let zeros = vec![0; 126 << 20];
        let bomb = package(&[("a", &zeros), ("b", &zeros)]);
        assert!(bomb.len() < 1 << 20);
        assert!(unpacked_bytes(&bomb).unwrap_err().to_string().contains("262144000"));
    }
}
