//! Debian packages: what a list of them needs, fetched and unpacked without installing anything. The host's own
//! apt does the finding and the verifying, with the sources that the host trusts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::driver::{Error, Result};
use crate::image::Progress;
use crate::program;

/// Packages that others depend on only to configure themselves, which never happens here.
const NOT_NEEDED: [&str; 5] = ["debconf", "openssl", "libssl3", "gcc-12-base", "libgcc-s1"];

/// Fetches the packages and all they depend on into `cache`; answers the files.
pub fn fetch(names: &[&str], cache: &Path, progress: Progress<'_>) -> Result<Vec<PathBuf>> {
    match try_fetch(names, cache, progress) {
        // The host may never have asked its sources what there is, or long ago.
        Err(Error::Program { .. }) => {
            progress("apt-get update");
            program::run("apt-get", Command::new("apt-get").args(["-qq", "update"]))?;
            try_fetch(names, cache, progress)
        }
        other => other,
    }
}

fn try_fetch(names: &[&str], cache: &Path, progress: Progress<'_>) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::io("make the package cache", error);
    fs::create_dir_all(cache).map_err(failed)?;
    let closure = closure(names)?;
    let wanted = |file: &&String| !cache.join(file).exists();
    let missing: Vec<_> = closure.iter().map(|(file, _)| file).filter(wanted).collect();
    if !missing.is_empty() {
        progress(&format!("downloading {} packages", missing.len()));
        // Beside, then moved: an interrupted download leaves no half package in the cache.
        let draft = cache.join(format!("draft-{}-{:08x}", std::process::id(), rand::random::<u32>()));
        fs::create_dir_all(&draft).map_err(failed)?;
        let result = download(&closure, &missing, &draft, cache);
        let _ = fs::remove_dir_all(&draft);
        result?;
    }
    Ok(closure.into_iter().map(|(file, _)| cache.join(file)).collect())
}

/// File name and package specification (`name=version`) of all that would be installed on an empty system.
fn closure(names: &[&str]) -> Result<Vec<(String, String)>> {
    let mut command = Command::new("apt-get");
    command.args(["install", "--print-uris", "-qq", "-y", "--no-install-recommends"]);
    command.args(["-o", "Dir::State::status=/dev/null", "-o", "APT::Architecture=amd64"]).args(names);
    let text = program::run("apt-get", &mut command)?;
    let text = String::from_utf8_lossy(&text);
    let found: Vec<_> = text.lines().filter_map(parse).collect();
    let found: Vec<_> = found
        .into_iter()
        .filter(|(_, package)| !NOT_NEEDED.iter().any(|name| package.split('=').next() == Some(name)))
        .collect();
    if found.is_empty() {
        return Err(Error::Program { program: "apt-get", detail: "no package sources".into() });
    }
    Ok(found)
}

/// A line of `--print-uris`: `'<uri>' <file> <size> [<hash>]`.
fn parse(line: &str) -> Option<(String, String)> {
    let file = line.strip_prefix('\'')?.split_once("' ")?.1.split(' ').next()?;
    let mut parts = file.strip_suffix(".deb")?.splitn(3, '_');
    let (name, version) = (parts.next()?, parts.next()?);
    Some((file.to_owned(), format!("{name}={}", version.replace("%3a", ":"))))
}

fn download(closure: &[(String, String)], missing: &[&String], draft: &Path, cache: &Path) -> Result<()> {
    let wanted = closure.iter().filter(|(file, _)| missing.contains(&file)).map(|(_, package)| package);
    let mut command = Command::new("apt-get");
    // As root: the unprivileged user that apt would become cannot write here.
    command.args(["-qq", "-o", "APT::Sandbox::User=root", "download"]).args(wanted).current_dir(draft);
    program::run("apt-get", &mut command)?;
    let failed = |error| Error::io("keep the packages", error);
    for entry in fs::read_dir(draft).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        fs::rename(entry.path(), cache.join(entry.file_name())).map_err(failed)?;
    }
    match missing.iter().find(|file| !cache.join(file).exists()) {
        Some(file) => Err(Error::Program { program: "apt-get", detail: format!("{file} was not downloaded") }),
        None => Ok(()),
    }
}

/// Unpacks a package over the tree. Links such as `/lib` to `/usr/lib` are followed, not replaced.
pub fn unpack(package: &Path, root: &Path) -> Result<()> {
    let mut source = Command::new("dpkg-deb")
        .arg("--fsys-tarfile")
        .arg(package)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Error::io("run dpkg-deb", error))?;
    let pipe = source.stdout.take().map_or_else(Stdio::null, Stdio::from);
    let output = Command::new("tar")
        .args(["-x", "-p", "--keep-directory-symlink", "--numeric-owner", "-C"])
        .arg(root)
        .stdin(pipe)
        .output()
        .map_err(|error| Error::io("run tar", error))?;
    let unpacked = source.wait().map_err(|error| Error::io("run dpkg-deb", error))?;
    if unpacked.success() && output.status.success() {
        return Ok(());
    }
    let detail = format!("{}: {}", package.display(), String::from_utf8_lossy(&output.stderr).trim());
    Err(Error::Program { program: "dpkg-deb", detail })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apt_s_lines_are_read() {
        let line = "'http://deb.debian.org/d/zlib1g_1.2.13.dfsg-1_amd64.deb' zlib1g_1%3a1.2.13.dfsg-1_amd64.deb 86684 MD5Sum:f69b";
        let (file, package) = parse(line).unwrap();
        assert_eq!(file, "zlib1g_1%3a1.2.13.dfsg-1_amd64.deb");
        assert_eq!(package, "zlib1g=1:1.2.13.dfsg-1");
        assert_eq!(parse("Reading package lists..."), None);
    }
}
