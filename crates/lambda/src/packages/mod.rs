//! Packages: what was uploaded for functions and layers, kept by content below the data directory.
//!
//! A package is on disk before the transaction that refers to it commits, so that nothing refers to what could be lost. One
//! that nothing refers to is removed some time later, by a reconciler.

mod check;
mod unpack;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::errors::Error;
use crate::model::Code;

pub(crate) use unpack::{UnpackError, unpack};

/// How long a package that nothing refers to is kept: the transaction that will may be under way.
const SPARED: Duration = Duration::from_secs(15 * 60);

/// The directory of packages.
#[derive(Debug, Clone)]
pub(crate) struct Packages {
    directory: PathBuf,
}

impl Packages {
    pub fn new(functions: &Path) -> Self {
        Self { directory: functions.join("packages") }
    }

    /// Checks a package, and puts it on disk unless it is only looked at.
    pub async fn take(&self, package: Bytes, is_kept: bool) -> Result<Code, Error> {
        let packages = self.clone();
        let taken = tokio::task::spawn_blocking(move || {
            let unpacked = check::unpacked_bytes(&package)?;
            let digest = Sha256::digest(&package);
            if is_kept {
                packages.put(&hex::encode(digest), &package)?;
            }
            Ok(Code { sha256: STANDARD.encode(digest), size: package.len() as u64, unpacked })
        });
        taken.await.map_err(|_| Error::Service("The package could not be read".into()))?
    }

    /// Where the package of this digest (base64) is.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.of_name(&file_name(sha256))
    }

    /// The same for a digest in hexadecimal.
    pub fn of_name(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.zip"))
    }

    #[expect(clippy::disallowed_methods, reason = "files carry the host's time, and no caller sees it")]
    fn put(&self, name: &str, package: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let path = self.of_name(name);
        if let Ok(present) = File::options().append(true).open(&path)
            && present.metadata()?.len() == package.len() as u64
        {
            // It is young again, so that nobody takes it for forgotten.
            return present.set_modified(SystemTime::now());
        }
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(package)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        File::open(&self.directory)?.sync_all()
    }

    /// Names of the packages that are there and not new.
    pub fn old(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let is_old = entry.metadata()?.modified()?.elapsed().is_ok_and(|age| age > SPARED);
            if let Some(name) = entry.file_name().to_str().filter(|_| is_old) {
                found.push(name.to_owned());
            }
        }
        Ok(found)
    }

    pub fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.directory.join(name))
    }
}

/// A digest in base64 as it stands in names of files.
pub(crate) fn file_name(sha256: &str) -> String {
    // What is stored was encoded here; anything else names no file.
    STANDARD.decode(sha256).map(hex::encode).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Cursor;

    use zip::write::SimpleFileOptions;

    use super::*;

    pub(crate) fn package(files: &[(&str, &[u8])]) -> Bytes {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer.start_file(*name, SimpleFileOptions::default().unix_permissions(0o600)).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner().into()
    }

    #[tokio::test]
    async fn a_package_is_kept_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let packages = Packages::new(folder.path());
        let zip = package(&[("handler.py", b"pass")]);
        let looked = packages.take(zip.clone(), false).await.unwrap();
        assert!(!packages.path(&looked.sha256).exists());
        let code = packages.take(zip.clone(), true).await.unwrap();
        assert_eq!(code, looked);
        assert_eq!((code.size, code.unpacked), (zip.len() as u64, 4));
        assert_eq!(fs::read(packages.path(&code.sha256)).unwrap(), zip);
        assert_eq!(packages.take(zip, true).await.unwrap(), code);
        assert!(packages.old().unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_is_no_package_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let packages = Packages::new(folder.path());
        for bytes in [Bytes::new(), Bytes::from_static(b"not a zip")] {
            let refused = packages.take(bytes, true).await.unwrap_err();
            assert!(refused.to_string().contains("Could not unzip"), "{refused}");
        }
        let refused = packages.take(package(&[]), true).await.unwrap_err();
        assert_eq!(refused.to_string(), "Uploaded file must be a non-empty zip");
    }
}
