//! `/etc` of a sandbox: made, not copied. Of the host's it has only what says how to find libraries, certificates and
//! alternatives, all of which every user of the host may read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::root::bind_read_only;

/// Bound from the host where they are there.
const SHARED: [&str; 9] = [
    "alternatives",
    "ca-certificates",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "mime.types",
    "pki",
    "protocols",
    "services",
];
/// The certificates of authorities. What is private lies beside them, not in them.
const CERTIFICATES: [&str; 2] = ["ssl/certs", "ssl/openssl.cnf"];

/// As AWS calls the user that functions run as.
const USER: &str = "sbx_user1051";

pub fn write(etc: &Path, user: u32, hostname: &str) -> Result<(), String> {
    let host = Path::new("/etc");
    let has_ssl = host.join("ssl").is_dir();
    if has_ssl {
        fs::create_dir_all(etc.join("ssl")).map_err(|error| format!("/etc/ssl: {error}"))?;
    }
    for name in SHARED.into_iter().chain(CERTIFICATES) {
        let (from, to) = (host.join(name), etc.join(name));
        // Followed where it is a link: its target is the host's, not ours.
        let Ok(known) = fs::metadata(&from) else { continue };
        let made = if known.is_dir() { fs::create_dir_all(&to) } else { fs::write(&to, "") };
        made.map_err(|error| format!("/etc/{name}: {error}"))?;
        bind_read_only(&from, &to)?;
    }
    let files = [
        ("passwd", format!("root:x:0:0:root:/:/sbin/nologin\n{USER}:x:{user}:{user}::/tmp:/sbin/nologin\n")),
        ("group", format!("root:x:0:\n{USER}:x:{user}:\n")),
        ("hostname", format!("{hostname}\n")),
        ("hosts", format!("127.0.0.1 localhost\n127.0.0.1 {hostname}\n127.0.0.1 sandbox.localdomain sandbox\n")),
        ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n".to_owned()),
        // Answered in the sandbox's own network, by whoever made that.
        ("resolv.conf", "nameserver 127.0.0.1\noptions timeout:2 attempts:2\n".to_owned()),
        ("system-release", "Amazon Linux release 2023 (Amazon Linux)\n".to_owned()),
    ];
    for (name, text) in files {
        fs::write(etc.join(name), text).map_err(|error| format!("/etc/{name}: {error}"))?;
    }
    for (name, target) in [("localtime", "/usr/share/zoneinfo/UTC"), ("mtab", "/proc/self/mounts")] {
        symlink(target, etc.join(name)).map_err(|error| format!("/etc/{name}: {error}"))?;
    }
    Ok(())
}
