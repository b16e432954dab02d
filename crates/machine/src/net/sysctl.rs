//! Kernel parameters of the calling thread's network namespace.

use crate::driver::{Error, Result};

/// Sets `net.ipv4.…` or `net.ipv6.…`; `key` is the path below `/proc/sys/net`.
pub fn set(key: &str, value: &str) -> Result<()> {
    let path = format!("/proc/sys/net/{key}");
    std::fs::write(&path, value).map_err(|e| Error::io(format!("write {value} to {path}"), e))
}

/// As [`set`], for parameters that a kernel may have been built without.
pub fn set_if_present(key: &str, value: &str) -> Result<()> {
    match set(key, value) {
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Reads a parameter.
pub fn get(key: &str) -> Result<String> {
    let path = format!("/proc/sys/net/{key}");
    std::fs::read_to_string(&path).map(|text| text.trim().to_owned()).map_err(|e| Error::io(format!("read {path}"), e))
}
