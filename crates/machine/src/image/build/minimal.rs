//! The minimal image: busybox (the one of Debian whose shell searches `PATH`), dropbear and their libraries.
//! No package manager, no package scripts: what those would set up is written here.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use super::packages;
use crate::driver::{Error, Result};
use crate::image::{Progress, Recipe};
use crate::{guest, program};

/// Documentation and the like; a machine this small has no reader for it.
const LEFT_OUT: [&str; 6] = [
    "usr/share/doc",
    "usr/share/man",
    "usr/share/lintian",
    "usr/share/locale",
    "usr/share/initramfs-tools",
    "usr/lib/x86_64-linux-gnu/gconv",
];

const FILES: [(&str, u32, &str); 10] = [
    ("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"),
    ("etc/group", 0o644, "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n"),
    // `*`: no password fits, keys do.
    ("etc/shadow", 0o600, "root:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n"),
    ("etc/shells", 0o644, "/bin/sh\n/bin/ash\n"),
    ("etc/hosts", 0o644, "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"),
    ("etc/nsswitch.conf", 0o644, "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"),
    ("etc/protocols", 0o644, "ip 0 IP\nicmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\n"),
    (
        "etc/profile",
        0o644,
        "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nPS1='\\u@\\h:\\w\\$ '\n",
    ),
    ("etc/motd", 0o644, "Freehold minimal image: busybox and dropbear.\n"),
    (
        "etc/os-release",
        0o644,
        concat!(
            "ID=freehold-minimal\nID_LIKE=debian\nNAME=\"Freehold minimal\"\nVERSION_ID=\"",
            env!("CARGO_PKG_VERSION"),
            "\"\nPRETTY_NAME=\"Freehold minimal ",
            env!("CARGO_PKG_VERSION"),
            "\"\n"
        ),
    ),
];

pub fn tree(root: &Path, cache: &Path, progress: Progress<'_>) -> Result<()> {
    let packages = packages::fetch(Recipe::Minimal.packages(), cache, progress)?;
    let failed = |error| Error::io("build the minimal image", error);
    merge_usr(root).map_err(failed)?;
    for package in &packages {
        let name = package.file_name().unwrap_or_default().to_string_lossy();
        progress(&format!("unpacking {}", name.split('_').next().unwrap_or_default()));
        packages::unpack(package, root)?;
    }
    progress("arranging");
    certificates(root).map_err(failed)?;
    for path in LEFT_OUT {
        let _ = fs::remove_dir_all(root.join(path));
    }
    write_files(root).map_err(failed)?;
    link_applets(root)
}

/// `/bin`, `/sbin` and `/lib` are links into `/usr`, as on any Debian 12.
fn merge_usr(root: &Path) -> std::io::Result<()> {
    for name in ["bin", "sbin", "lib", "lib64"] {
        fs::create_dir_all(root.join("usr").join(name))?;
        symlink(format!("usr/{name}"), root.join(name))?;
    }
    Ok(())
}

/// The bundle that TLS libraries look for, of all authorities in the package.
fn certificates(root: &Path) -> std::io::Result<()> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(root.join("usr/share/ca-certificates/mozilla"))? {
        paths.push(entry?.path());
    }
    paths.sort();
    let mut bundle = Vec::new();
    for path in paths {
        bundle.extend(fs::read(path)?);
    }
    fs::create_dir_all(root.join("etc/ssl/certs"))?;
    fs::write(root.join("etc/ssl/certs/ca-certificates.crt"), bundle)?;
    fs::remove_dir_all(root.join("usr/share/ca-certificates"))
}

fn write_files(root: &Path) -> std::io::Result<()> {
    for (path, mode) in
        [("tmp", 0o1777), ("var/tmp", 0o1777), ("root", 0o700), ("var/log", 0o755), ("etc/dropbear", 0o755)]
    {
        fs::create_dir_all(root.join(path))?;
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode))?;
    }
    for (path, mode, text) in FILES {
        fs::write(root.join(path), text)?;
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// A link for each of busybox's programs, where that program belongs, unless there is a real one. `free` is the
/// guest program's (busybox's asks the kernel, which in a container answers for the host).
fn link_applets(root: &Path) -> Result<()> {
    let libraries = root.join("usr/lib/x86_64-linux-gnu");
    let mut command = Command::new(libraries.join("ld-linux-x86-64.so.2"));
    command.arg("--library-path").arg(&libraries).arg(root.join("usr/bin/busybox")).arg("--list-full");
    let list = program::run("busybox", &mut command)?;
    let failed = |error| Error::io("link busybox's programs", error);
    for applet in String::from_utf8_lossy(&list).lines() {
        let path = root.join(applet);
        if path.symlink_metadata().is_ok() {
            continue;
        }
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).map_err(failed)?;
        }
        let target = if applet.ends_with("/free") { guest::PATH_INSIDE } else { "/bin/busybox" };
        symlink(target, &path).map_err(failed)?;
    }
    Ok(())
}
