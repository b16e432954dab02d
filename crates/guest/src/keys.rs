//! The key pair's public half, into the accounts that a person logs in to.

use std::fs;
use std::io::Result;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

/// An account that gets the key: its ids and home directory.
#[derive(Debug, PartialEq, Eq)]
struct Account {
    uid: u32,
    gid: u32,
    home: String,
}

/// Lets the key into root and into the default user (the one with id 1000, as on Debian's and Amazon's images).
pub fn authorize(key: &str) {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    for account in accounts(&passwd) {
        if let Err(error) = write(&account, key) {
            crate::console::say(&format!("no key in {}: {error}", account.home));
        }
    }
}

fn accounts(passwd: &str) -> Vec<Account> {
    passwd
        .lines()
        .filter_map(|line| {
            let fields: Vec<_> = line.split(':').collect();
            let [_, _, uid, gid, _, home, _] = fields[..] else {
                return None;
            };
            let account = Account { uid: uid.parse().ok()?, gid: gid.parse().ok()?, home: home.into() };
            (account.uid == 0 || account.uid == 1000).then_some(account)
        })
        .collect()
}

fn write(account: &Account, key: &str) -> Result<()> {
    let directory = Path::new(&account.home).join(".ssh");
    let file = directory.join("authorized_keys");
    let present = fs::read_to_string(&file).unwrap_or_default();
    if present.lines().any(|line| line.trim() == key) {
        return Ok(());
    }
    fs::create_dir_all(&directory)?;
    let gap = if present.is_empty() || present.ends_with('\n') { "" } else { "\n" };
    fs::write(&file, format!("{present}{gap}{key}\n"))?;
    for (path, mode) in [(&directory, 0o700), (&file, 0o600)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        chown(path, Some(account.uid), Some(account.gid))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_and_the_default_user_are_found() {
        let found = accounts(
            "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\nadmin:x:1000:1000::/home/admin:/bin/sh\nbroken\n",
        );
        let homes: Vec<_> = found.iter().map(|account| account.home.as_str()).collect();
        assert_eq!(homes, ["/root", "/home/admin"]);
    }
}
