//! Session tokens of IMDSv2. They carry all that is needed to check them, under a key in the data directory:
//! a control plane that was restarted knows the tokens of the one before.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use rand::RngCore;
use sha2::Sha256;

use crate::driver::{Error, Result};

/// Makes and checks tokens.
pub struct Tokens {
    key: [u8; 32],
}

const NONCE: usize = 8;
const EXPIRY: usize = 8;
const SIGNATURE: usize = 24;

impl Tokens {
    /// Reads the key, making it on the first call.
    pub fn load(data_dir: &Path) -> Result<Self> {
        let directory = data_dir.join("network");
        std::fs::create_dir_all(&directory).map_err(|e| Error::io(format!("create {}", directory.display()), e))?;
        let path = directory.join("metadata.key");
        let failed = |e| Error::io(format!("read or make {}", path.display()), e);
        match read_key(&path).map_err(failed)? {
            Some(key) => Ok(Self { key }),
            None => {
                let mut key = [0; 32];
                rand::rng().fill_bytes(&mut key);
                write_key(&path, &key).map_err(failed)?;
                Ok(Self { key })
            }
        }
    }

    /// A token for `machine` that is good for `ttl` from `now` on.
    pub fn issue(&self, machine: &str, ttl: Duration, now: Timestamp) -> String {
        let mut token = Vec::with_capacity(EXPIRY + NONCE + SIGNATURE);
        token.extend_from_slice(&(seconds(now) + ttl.as_secs()).to_be_bytes());
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        token.extend_from_slice(&nonce);
        let signature = self.sign(machine, &token).finalize().into_bytes();
        token.extend_from_slice(&signature[..SIGNATURE]);
        URL_SAFE.encode(token)
    }

    /// Whether `token` was issued to `machine` and is still good.
    pub fn is_valid(&self, token: &str, machine: &str, now: Timestamp) -> bool {
        let Ok(token) = URL_SAFE.decode(token) else { return false };
        let Some((claims, signature)) = token.split_at_checked(EXPIRY + NONCE) else { return false };
        let Some(expiry) = claims.first_chunk::<EXPIRY>().map(|bytes| u64::from_be_bytes(*bytes)) else {
            return false;
        };
        signature.len() == SIGNATURE
            && self.sign(machine, claims).verify_truncated_left(signature).is_ok()
            && seconds(now) < expiry
    }

    fn sign(&self, machine: &str, claims: &[u8]) -> Hmac<Sha256> {
        #[allow(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any key will do");
        mac.update(claims);
        mac.update(machine.as_bytes());
        mac
    }
}

fn seconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_second()).unwrap_or_default()
}

/// `None` if there is no key, or one that a crash cut short: no token can have been signed with it.
fn read_key(path: &Path) -> std::io::Result<Option<[u8; 32]>> {
    let mut bytes = Vec::new();
    match std::fs::File::open(path) {
        Ok(mut file) => _ = file.read_to_end(&mut bytes)?,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    }
    Ok(bytes.try_into().ok())
}

fn write_key(path: &Path, key: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(key)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_token_is_good_for_its_machine_until_it_expires() {
        let directory = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let token = Tokens::load(directory.path()).unwrap().issue("i-1", HOUR, now);
        let restarted = Tokens::load(directory.path()).unwrap();
        assert!(restarted.is_valid(&token, "i-1", now));
        assert!(!restarted.is_valid(&token, "i-2", now));
        assert!(!restarted.is_valid(&token, "i-1", now + HOUR));
    }

    #[test]
    fn tokens_of_another_key_and_garbage_are_refused() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let now = Timestamp::UNIX_EPOCH;
        let tokens = Tokens::load(one.path()).unwrap();
        let foreign = Tokens::load(two.path()).unwrap().issue("i-1", HOUR, now);
        for token in [foreign.as_str(), "", "AAAA", "not base64!", &foreign[..16]] {
            assert!(!tokens.is_valid(token, "i-1", now));
        }
    }
}
