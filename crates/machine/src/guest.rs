//! The guest program, carried inside this one and written to the host's disk under the hash of its content:
//! a machine keeps running the program that it started with when a newer Freehold takes over. The hash is taken when
//! this program is built, for reading a megabyte at every start would keep it in memory.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::driver::{Error, Result};

/// The static program that is PID 1 of every machine.
pub const PROGRAM: &[u8] = include_bytes!(env!("FREEHOLD_GUEST"));

/// Tells programs apart: the first 16 hexadecimal digits of this one's SHA-256.
pub const DIGEST: &str = env!("FREEHOLD_GUEST_DIGEST");

/// Where the program lives inside a machine.
pub const PATH_INSIDE: &str = "/.freehold/init";

/// Makes sure that the program is on the host's disk; answers its path.
pub fn install(data_dir: &Path) -> Result<PathBuf> {
    let directory = data_dir.join("guest").join(DIGEST);
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
