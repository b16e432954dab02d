//! What every image gets, whatever its source: a place for the guest program, and power commands that ask it
//! (whatever asked another init before would find nobody).

use std::fs;
use std::io::{ErrorKind, Result as IoResult};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::driver::{Error, Result};
use crate::guest;

/// Directories that a machine mounts over, or writes to before anything else.
const DIRECTORIES: [(&str, u32); 9] = [
    (".freehold", 0o755),
    ("dev", 0o755),
    ("proc", 0o555),
    ("sys", 0o555),
    ("run", 0o755),
    ("tmp", 0o1777),
    ("root", 0o700),
    ("var/log", 0o755),
    ("etc", 0o755),
];

/// Completes a tree in place. Idempotent.
pub fn tree(root: &Path) -> Result<()> {
    complete(root).map_err(|error| Error::io("complete the image's tree", error))
}

fn complete(root: &Path) -> IoResult<()> {
    for (path, mode) in DIRECTORIES {
        let path = inside(root, path)?;
        if !path.is_dir() {
            fs::create_dir_all(&path)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        }
    }
    // A file to mount the program over; where the program is written instead, it replaces this.
    let program = inside(root, ".freehold")?.join("init");
    remove(&program)?;
    fs::write(&program, "")?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let sbin = inside(root, "sbin")?;
    fs::create_dir_all(&sbin)?;
    for name in ["poweroff", "reboot", "halt", "shutdown"] {
        link(&sbin.join(name))?;
        let other = inside(root, "bin")?.join(name);
        if other.symlink_metadata().is_ok() && other.parent() != sbin.parent() {
            link(&other)?;
        }
    }
    Ok(())
}

fn link(path: &Path) -> IoResult<()> {
    remove(path)?;
    symlink(guest::PATH_INSIDE, path)
}

fn remove(path: &Path) -> IoResult<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The path of `name` inside the tree. A hostile archive may have made any part of it a link to the host's own
/// files; links are resolved as a process inside the tree would see them.
pub(super) fn inside(root: &Path, name: &str) -> IoResult<PathBuf> {
    let mut path = PathBuf::new();
    let mut todo: Vec<_> = name.split('/').rev().map(str::to_owned).collect();
    let mut links = 0;
    while let Some(part) = todo.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => {
                path.pop();
                continue;
            }
            part => path.push(part),
        }
        let Ok(target) = fs::read_link(root.join(&path)) else {
            continue;
        };
        links += 1;
        if links >= 40 {
            return Err(std::io::Error::other(format!("{name}: too many links")));
        }
        path.pop();
        let target = target.to_str().ok_or_else(|| std::io::Error::other("a link that is not text"))?;
        if target.starts_with('/') {
            path = PathBuf::new();
        }
        todo.extend(target.split('/').rev().map(str::to_owned));
    }
    Ok(root.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_in_a_tree_stay_in_it() {
        let place = crate::testing::directory("finish");
        let root = place.path();
        fs::create_dir_all(root.join("usr/sbin")).unwrap();
        symlink("/usr/sbin", root.join("sbin")).unwrap();
        symlink("../../../../etc", root.join("usr/up")).unwrap();
        assert_eq!(inside(root, "sbin/poweroff").unwrap(), root.join("usr/sbin/poweroff"));
        assert_eq!(inside(root, "usr/up/passwd").unwrap(), root.join("etc/passwd"));
        symlink("loop", root.join("loop")).unwrap();
        assert!(inside(root, "loop/x").is_err());
    }

    #[test]
    fn a_tree_is_completed_once_and_again() {
        let place = crate::testing::directory("finish");
        tree(place.path()).unwrap();
        tree(place.path()).unwrap();
        let power = fs::read_link(place.path().join("sbin/poweroff")).unwrap();
        assert_eq!(power, Path::new("/.freehold/init"));
    }
}
