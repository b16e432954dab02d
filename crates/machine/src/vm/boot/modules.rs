//! Which kernel modules a guest needs before its root file system is there, in the order to load them. A
//! package that was only unpacked has no `modules.dep`; each module names what it needs in its own
//! `.modinfo` section.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::driver::{Error, Result};

/// What the machine boots with, dependencies found by themselves. Transports of both machine types, disks,
/// network, randomness, the layers of the root file system, and the power button with its event device.
const WANTED: [&str; 12] = [
    "virtio_mmio",
    "virtio_pci",
    "virtio_blk",
    "crc32c_intel",
    "erofs",
    "overlay",
    "virtio_net",
    "virtio_rng",
    "evdev",
    "button",
    "virtio_balloon",
    "af_packet",
];

/// Paths of the wanted modules below `root` (`lib/modules/<version>`), each after those that it needs. Names
/// that this kernel does not have as modules are built in, or not there: both are left out.
pub fn in_order(root: &Path) -> Result<Vec<PathBuf>> {
    let mut available = BTreeMap::new();
    collect(&root.join("kernel"), &mut available)?;
    let mut ordered = Vec::new();
    for name in WANTED {
        visit(name, &available, &mut ordered)?;
    }
    Ok(ordered)
}

fn collect(directory: &Path, into: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    let listing = |source| Error::io(format!("listing {}", directory.display()), source);
    for entry in std::fs::read_dir(directory).map_err(listing)? {
        let path = entry.map_err(listing)?.path();
        if path.is_dir() {
            collect(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "ko")
            && let Some(stem) = path.file_stem().and_then(|stem| stem.to_str())
        {
            into.insert(stem.replace('-', "_"), path);
        }
    }
    Ok(())
}

fn visit(name: &str, available: &BTreeMap<String, PathBuf>, ordered: &mut Vec<PathBuf>) -> Result<()> {
    let Some(path) = available.get(name) else { return Ok(()) };
    if ordered.contains(path) {
        return Ok(());
    }
    let module = std::fs::read(path).map_err(|source| Error::io(format!("reading {}", path.display()), source))?;
    for needed in dependencies(&module) {
        visit(&needed, available, ordered)?;
    }
    ordered.push(path.clone());
    Ok(())
}

/// The names in a module's `depends=` entry. The kernel's build makes them free of circles.
fn dependencies(module: &[u8]) -> Vec<String> {
    const KEY: &[u8] = b"\0depends=";
    let Some(start) = module.windows(KEY.len()).position(|window| window == KEY) else {
        return Vec::new();
    };
    let value = &module[start + KEY.len()..];
    let value = &value[..value.iter().position(|byte| *byte == 0).unwrap_or(0)];
    String::from_utf8_lossy(value)
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| name.replace('-', "_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_comes_after_what_it_needs() {
        let root = tempfile::tempdir().unwrap();
        let kernel = root.path().join("kernel/fs");
        std::fs::create_dir_all(&kernel).unwrap();
        std::fs::write(kernel.join("erofs.ko"), b"x\0depends=libcrc32c\0name=erofs\0").unwrap();
        std::fs::write(kernel.join("libcrc32c.ko"), b"x\0depends=\0").unwrap();
        std::fs::write(kernel.join("virtio-rng.ko"), b"x\0depends=virtio\0").unwrap();
        std::fs::write(kernel.join("ignored.ko"), b"").unwrap();
        let names: Vec<_> = in_order(root.path())
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["libcrc32c.ko", "erofs.ko", "virtio-rng.ko"]);
    }

    #[test]
    fn a_module_without_an_entry_needs_nothing() {
        assert!(dependencies(b"no section").is_empty());
        assert_eq!(dependencies(b"\0depends=a,b-c\0"), ["a", "b_c"]);
    }
}
