//! Loads rulesets into the kernel. One call is one transaction: all of it comes into force, or nothing.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::driver::{Error, Result};

/// Loads a ruleset into the calling thread's network namespace.
pub fn load(ruleset: &str) -> Result<()> {
    run(&["-f", "-"], ruleset)
}

/// Whether a ruleset would be accepted; nothing is changed.
#[cfg(test)]
pub fn check(ruleset: &str) -> Result<()> {
    run(&["-c", "-f", "-"], ruleset)
}

fn run(arguments: &[&str], ruleset: &str) -> Result<()> {
    let failed = |e| Error::io("run nft", e);
    let mut nft = Command::new("nft")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => {
                Error::Unsupported("the program nft (package nftables) is not installed".to_owned())
            }
            _ => failed(e),
        })?;
    let written = match nft.stdin.take() {
        Some(mut stdin) => stdin.write_all(ruleset.as_bytes()),
        None => Ok(()),
    };
    let output = nft.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        let detail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::Program { program: "nft", detail });
    }
    written.map_err(failed)
}

/// Removes a table from the calling thread's network namespace, whether or not it exists.
pub fn delete_table(name: &str) -> Result<()> {
    load(&format!("table ip {name} {{\n}}\ndelete table ip {name}\n"))
}
