//! The guest program, carried inside this one and written to the host's disk under the hash of its content:
//! a machine keeps running the program that it started with when a newer Freehold takes over.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::driver::{Error, Result};

/// The static program that is PID 1 of every machine.
pub const PROGRAM: &[u8] = include_bytes!(env!("FREEHOLD_GUEST"));

/// Where the program lives inside a machine.
pub const PATH_INSIDE: &str = "/.freehold/init";

/// Makes sure that the program is on the host's disk; answers its path.
pub fn install(data_dir: &Path) -> Result<PathBuf> {
    let hash = hex::encode(Sha256::digest(PROGRAM));
    let directory = data_dir.join("guest").join(hash.get(..16).unwrap_or(&hash));
    let path = directory.join("init");
    if fs::metadata(&path).is_ok_and(|file| file.len() == PROGRAM.len() as u64) {
        return Ok(path);
    }
    let failed = |error| Error::io("write the guest program", error);
    fs::create_dir_all(&directory).map_err(failed)?;
    let draft = directory.join(format!("init.{}.{}", std::process::id(), rand::random::<u32>()));
    fs::write(&draft, PROGRAM).map_err(failed)?;
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o755)).map_err(failed)?;
    fs::rename(&draft, &path).map_err(failed)?;
    Ok(path)
}
