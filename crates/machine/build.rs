//! Builds the guest program as a static binary, so that it can be carried inside this crate and `freehold`
//! stays one file. A nested cargo with a target directory of its own: the guest has other flags (static,
//! small) than whatever is being built around it.

use std::path::PathBuf;
use std::process::Command;

use sha2::{Digest, Sha256};

const TARGET: &str = "x86_64-unknown-linux-gnu";

fn main() {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let guest = here.join("../guest");
    let target = PathBuf::from(variable("OUT_DIR")).join("guest");
    println!("cargo::rerun-if-changed={}", guest.join("src").display());
    println!("cargo::rerun-if-changed={}", guest.join("Cargo.toml").display());
    println!("cargo::rerun-if-changed=build.rs");

    let mut cargo = Command::new(variable("CARGO"));
    cargo.args(["build", "--quiet", "--release", "--target", TARGET, "--manifest-path"]);
    cargo.arg(guest.join("Cargo.toml")).arg("--target-dir").arg(&target);
    for setting in ["opt-level=\"z\"", "lto=true", "codegen-units=1", "panic=\"abort\"", "strip=true"] {
        cargo.arg("--config").arg(format!("profile.release.{setting}"));
    }
    // What the outer build (or clippy, or a coverage run) set for itself is not meant for the guest.
    for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(name);
    }
    cargo.env("RUSTFLAGS", "-C target-feature=+crt-static");
    match cargo.status() {
        Ok(status) if status.success() => {}
        outcome => panic!("the guest program could not be built: {outcome:?}"),
    }
    let program = target.join(TARGET).join("release/freehold-guest");
    println!("cargo::rustc-env=FREEHOLD_GUEST={}", program.display());
    let content = std::fs::read(&program).unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let digest = format!("{:x}", Sha256::digest(content));
    println!("cargo::rustc-env=FREEHOLD_GUEST_DIGEST={}", &digest[..16]);
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
