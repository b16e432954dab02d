//! Unpacking, into a directory that nobody uses yet.

use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::check::MOST_UNPACKED;

/// Bytes of what a symbolic link leads to.
const MOST_LINK: u64 = 4096;

/// Why a package is not unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnpackError {
    /// It never will be.
    #[error("{0}")]
    Package(String),
    /// The host does not let us; trying again may help.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Unpacks into `into`, which exists and is empty. What the table of contents said is not believed: no more is written
/// than a package may hold.
pub(crate) fn unpack(package: &Path, into: &Path) -> Result<(), UnpackError> {
    let broken = |error: zip::result::ZipError| UnpackError::Package(format!("The package cannot be read: {error}"));
    let mut archive = ZipArchive::new(File::open(package)?).map_err(broken)?;
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(broken)?;
        let name = file.enclosed_name().ok_or_else(|| outside(&name_of(&file)))?;
        if passes_a_link(into, &name) {
            return Err(outside(&name_of(&file)));
        }
        let path = into.join(&name);
        if file.is_dir() {
            fs::create_dir_all(&path)?;
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        if file.is_symlink() {
            link(&mut file, &name, &path)?;
            continue;
        }
        let mode = file.unix_mode().unwrap_or(0o644);
        let mut out = File::create(&path)?;
        let copied = io::copy(&mut file.by_ref().take(left + 1), &mut out).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                UnpackError::Package(format!("The package cannot be read: {error}"))
            }
            _ => UnpackError::Io(error),
        })?;
        left = left
            .checked_sub(copied)
            .ok_or_else(|| UnpackError::Package(format!("Unzipped size must be smaller than {MOST_UNPACKED} bytes")))?;
        // Everybody may read: who runs the function is not who unpacks it.
        out.set_permissions(Permissions::from_mode(mode & 0o755 | 0o444))?;
    }
    Ok(())
}

/// A link may lead anywhere inside of the package.
fn link<R: Read>(file: &mut ZipFile<'_, R>, name: &Path, path: &Path) -> Result<(), UnpackError> {
    let mut target = String::new();
    file.take(MOST_LINK).read_to_string(&mut target)?;
    let mut depth = name.components().count() as i64 - 1;
    for component in Path::new(&target).components() {
        match component {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth -= 1,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => depth = -1,
        }
        if depth < 0 {
            return Err(outside(&target));
        }
    }
    symlink(&target, path)?;
    Ok(())
}

/// Whether a directory on the way is a link, which would let the file be written elsewhere.
fn passes_a_link(into: &Path, name: &Path) -> bool {
    let mut path = into.to_path_buf();
    name.components().any(|component| {
        path.push(component);
        fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink())
    })
}

/// As it stands in the table of contents, for messages.
fn name_of<R: Read>(file: &ZipFile<'_, R>) -> String {
    String::from_utf8_lossy(file.name_raw()).into_owned()
}

fn outside(name: &str) -> UnpackError {
    UnpackError::Package(format!("The package holds {name:?}, which leads out of it"))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::packages::tests::package;

    fn unpacked(zip: &[u8]) -> (tempfile::TempDir, Result<(), UnpackError>) {
        let folder = tempfile::tempdir().unwrap();
        let (file, into) = (folder.path().join("p.zip"), folder.path().join("code"));
        fs::write(&file, zip).unwrap();
        fs::create_dir(&into).unwrap();
        let outcome = unpack(&file, &into);
        (folder, outcome)
    }

    #[test]
    fn files_are_readable_by_everybody() {
        let (folder, outcome) = unpacked(&package(&[("a/b.py", b"pass")]));
        outcome.unwrap();
        let path = folder.path().join("code/a/b.py");
        assert_eq!(fs::read(&path).unwrap(), b"pass");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
    }

    #[test]
    fn links_stay_inside_and_are_not_followed() {
        let zip = |target: &str, through: bool| {
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            writer.add_symlink("lib", target, SimpleFileOptions::default()).unwrap();
            if through {
                writer.start_file("lib/x", SimpleFileOptions::default()).unwrap();
                writer.write_all(b"x").unwrap();
            }
            writer.finish().unwrap().into_inner()
        };
        let (folder, outcome) = unpacked(&zip("other/lib", false));
        outcome.unwrap();
        assert_eq!(fs::read_link(folder.path().join("code/lib")).unwrap(), Path::new("other/lib"));
        for bad in [zip("/etc", false), zip("../x", false), zip("a/../../x", false), zip("other", true)] {
            assert!(matches!(unpacked(&bad).1, Err(UnpackError::Package(_))));
        }
    }
}
