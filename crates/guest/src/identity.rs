//! Who the machine is before it has asked anybody: its host name and the files that name it.

use std::fs;

/// A value of the kernel's command line: `key=value`, separated by spaces.
pub fn argument<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split_ascii_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

/// Sets the host name of a virtual machine.
pub fn set_hostname(name: &str) {
    // SAFETY: pointer and length are of the same string.
    unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) };
}

pub fn hostname() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname").map_or_else(|_| "localhost".into(), |name| name.trim().into())
}

/// Writes `/etc/hostname`, `/etc/hosts` and `/etc/resolv.conf`. A user's own `/etc/hosts` is kept.
pub fn write_files() {
    let name = hostname();
    let _ = fs::create_dir_all("/etc");
    let _ = fs::write("/etc/hostname", format!("{name}\n"));
    let hosts = fs::read_to_string("/etc/hosts").unwrap_or_default();
    if !hosts.split_ascii_whitespace().any(|word| word == name) {
        let base = if hosts.is_empty() {
            "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n".to_owned()
        } else {
            hosts
        };
        let _ = fs::write("/etc/hosts", format!("{base}127.0.1.1 {name}\n"));
    }
    // The VPC's resolver (VPC user guide, "DNS attributes": 169.254.169.253).
    let _ = fs::remove_file("/etc/resolv.conf");
    let _ = fs::write("/etc/resolv.conf", "search ec2.internal\nnameserver 169.254.169.253\noptions timeout:2\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_found_by_their_whole_key() {
        let line = "console=ttyS0 freehold.network=no freehold.net=a,b freehold.hostname=ip-1\n";
        assert_eq!(argument(line, "freehold.net"), Some("a,b"));
        assert_eq!(argument(line, "freehold.hostname"), Some("ip-1"));
        assert_eq!(argument(line, "freehold"), None);
    }
}
