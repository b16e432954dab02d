//! Debian's cloud kernel, fetched once with `apt-get download`, unpacked and never installed: the host's own
//! boot is none of our business.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use super::lz4;
use crate::driver::{Error, Result};

/// Depends on the newest kernel made for clouds: small, with virtio and without hardware.
const META_PACKAGE: &str = "linux-image-cloud-amd64";

/// A kernel on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kernel {
    /// `6.1.0-18-cloud-amd64`
    pub version: String,
    /// Where it lies, and where RAM disks made for it go.
    pub directory: PathBuf,
    /// What QEMU is given: the unpacked kernel where it can be unpacked, the package's file else.
    pub image: PathBuf,
    /// `lib/modules/<version>`
    pub modules: PathBuf,
}

/// The newest kernel below `kernels`, fetched if there is none. Takes seconds the first time.
pub fn ensure(kernels: &Path) -> Result<Kernel> {
    /// Ten machines that start at once fetch one kernel.
    static FETCHING: Mutex<()> = Mutex::new(());
    let _turn = FETCHING.lock().unwrap_or_else(PoisonError::into_inner);
    match newest(kernels)? {
        Some(kernel) => Ok(kernel),
        None => {
            fetch(kernels)?;
            newest(kernels)?.ok_or_else(|| failed("dpkg-deb", "the package holds no kernel"))
        }
    }
}

/// The newest kernel that is there already.
pub fn newest(kernels: &Path) -> Result<Option<Kernel>> {
    let entries = match std::fs::read_dir(kernels) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(format!("listing {}", kernels.display()), error)),
    };
    let mut found: Vec<Kernel> =
        entries.flatten().filter_map(|entry| open(&entry.path(), entry.file_name().to_str()?)).collect();
    found.sort_by_key(|kernel| version_key(&kernel.version));
    Ok(found.pop())
}

fn open(directory: &Path, version: &str) -> Option<Kernel> {
    let image = ["vmlinux", "vmlinuz"].iter().map(|name| directory.join(name)).find(|path| path.exists())?;
    (!version.starts_with('.')).then(|| Kernel {
        version: version.to_owned(),
        directory: directory.to_owned(),
        image,
        modules: directory.join("modules"),
    })
}

/// Numbers compare as numbers: 6.1.0-9 is older than 6.1.0-18.
fn version_key(version: &str) -> Vec<u64> {
    version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

/// Downloads and unpacks beside the store, then moves the finished directory into place.
fn fetch(kernels: &Path) -> Result<()> {
    let work = kernels.join(format!(".fetch-{:016x}", rand::random::<u64>()));
    create(&work)?;
    let fetched = fetch_into(kernels, &work);
    let _ = std::fs::remove_dir_all(&work);
    fetched
}

fn fetch_into(kernels: &Path, work: &Path) -> Result<()> {
    let package = kernel_package()?;
    let download = || {
        run(Command::new("apt-get")
            // The unprivileged downloader cannot write into a directory of root's.
            .args(["-q", "-o", "APT::Sandbox::User=root", "download", &package])
            .current_dir(work))
    };
    if download().is_err() {
        run(Command::new("apt-get").args(["-q", "update"]))?;
        download()?;
    }
    let archive = std::fs::read_dir(work)
        .map_err(|source| Error::io("listing the download", source))?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .ok_or_else(|| failed("apt-get", "nothing was downloaded"))?;
    let tree = work.join("tree");
    run(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(&tree))?;

    let version = package.trim_start_matches("linux-image-").to_owned();
    let ready = work.join("ready");
    create(&ready)?;
    let moved = |from: PathBuf, to: PathBuf| {
        std::fs::rename(&from, &to).map_err(|source| Error::io(format!("moving {}", from.display()), source))
    };
    moved(tree.join("lib/modules").join(&version), ready.join("modules"))?;
    let packed = tree.join("boot").join(format!("vmlinuz-{version}"));
    let content = std::fs::read(&packed).map_err(|source| Error::io("reading the kernel", source))?;
    match lz4::kernel_inside(&content) {
        Some(kernel) => write_whole(&ready.join("vmlinux"), &kernel)?,
        None => moved(packed, ready.join("vmlinuz"))?,
    }
    let target = kernels.join(&version);
    match std::fs::rename(&ready, &target) {
        // Somebody else was faster, with the same package.
        Err(_) if target.join("modules").exists() => Ok(()),
        moved => moved.map_err(|source| Error::io(format!("moving the kernel to {}", target.display()), source)),
    }
}

fn kernel_package() -> Result<String> {
    let ask = || run(Command::new("apt-cache").args(["depends", "--important", META_PACKAGE]));
    let named = |answer: &str| {
        answer
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Depends:"))
            .map(|name| name.trim().to_owned())
            .find(|name| name.starts_with("linux-image-"))
    };
    if let Some(package) = ask().ok().as_deref().and_then(named) {
        return Ok(package);
    }
    run(Command::new("apt-get").args(["-q", "update"]))?;
    named(&ask()?).ok_or_else(|| failed("apt-cache", format!("{META_PACKAGE} names no kernel")))
}

fn run(command: &mut Command) -> Result<String> {
    let program = match command.get_program().to_str() {
        Some("apt-get") => "apt-get",
        Some("apt-cache") => "apt-cache",
        _ => "dpkg-deb",
    };
    let output = command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|source| Error::io(format!("starting {program}"), source))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(failed(program, String::from_utf8_lossy(&output.stderr).trim())),
    }
}

fn failed(program: &'static str, detail: impl Into<String>) -> Error {
    Error::Program { program, detail: detail.into() }
}

fn create(directory: &Path) -> Result<()> {
    std::fs::create_dir_all(directory).map_err(|source| Error::io(format!("making {}", directory.display()), source))
}

/// Writes a file that is either whole or not there. Readable by all: QEMU opens it without privileges.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let draft = path.with_extension(format!("draft-{:016x}", rand::random::<u64>()));
    std::fs::write(&draft, content)
        .and_then(|()| std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o644)))
        .and_then(|()| std::fs::rename(&draft, path))
        .map_err(|source| Error::io(format!("writing {}", path.display()), source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_kernel_is_taken_by_number() {
        let kernels = tempfile::tempdir().unwrap();
        assert_eq!(newest(&kernels.path().join("missing")).unwrap(), None);
        for version in ["6.1.0-9-cloud-amd64", "6.1.0-18-cloud-amd64", ".fetch-1"] {
            std::fs::create_dir(kernels.path().join(version)).unwrap();
            std::fs::write(kernels.path().join(version).join("vmlinuz"), b"").unwrap();
        }
        std::fs::create_dir(kernels.path().join("7.0-unfinished")).unwrap();
        assert_eq!(newest(kernels.path()).unwrap().unwrap().version, "6.1.0-18-cloud-amd64");
    }
}
