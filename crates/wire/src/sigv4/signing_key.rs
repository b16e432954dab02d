//! Signing keys: four HMACs that give the same result all day for one access key, region and service.

use std::collections::HashMap;
use std::sync::Mutex;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::claim::Credential;

type HmacSha256 = Hmac<Sha256>;

/// Keys kept before the cache starts anew. A key is some 300 bytes.
const CAPACITY: usize = 4096;

/// A bounded cache of signing keys.
#[derive(Default)]
pub struct SigningKeys {
    /// By the whole credential: access key, date, region, service.
    keys: Mutex<HashMap<String, Key>>,
}

struct Key {
    /// What it was made from; another secret for the same access key makes another key.
    secret: String,
    key: HmacSha256,
}

impl SigningKeys {
    /// An HMAC that waits for the string to sign.
    pub(super) fn mac(&self, credential: &Credential<'_>, secret: &str) -> HmacSha256 {
        let mut keys = self.keys.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(found) = keys.get(credential.text())
            && found.secret == secret
        {
            return found.key.clone();
        }
        let key = derive(credential, secret);
        if keys.len() >= CAPACITY {
            keys.clear();
        }
        keys.insert(credential.text().to_owned(), Key { secret: secret.to_owned(), key: key.clone() });
        key
    }
}

fn derive(credential: &Credential<'_>, secret: &str) -> HmacSha256 {
    let mut first = String::with_capacity(4 + secret.len());
    first.push_str("AWS4");
    first.push_str(secret);
    let parts = [credential.date(), credential.region(), credential.service(), "aws4_request"];
    parts.iter().fold(keyed(first.as_bytes()), |mut mac, part| {
        mac.update(part.as_bytes());
        keyed(&mac.finalize().into_bytes())
    })
}

fn keyed(key: &[u8]) -> HmacSha256 {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length; the error exists for other MACs")]
    HmacSha256::new_from_slice(key).expect("HMAC takes keys of every length")
}
