//! Key pairs. Only the public half is kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPair {
    /// `key-…`
    pub id: String,
    pub account: String,
    /// Unique in the account.
    pub name: String,
    /// As AWS computes it for this type and origin (*EC2 user guide, Verify the fingerprint of your key pair*).
    pub fingerprint: String,
    pub key_type: KeyType,
    /// One line in OpenSSH's format, with the comment it came with.
    pub public_key: String,
    pub created: Timestamp,
    pub tags: Tags,
}

document!(KeyPair, "ec2.key-pair", |k| [Some(k.name.clone()), None, None]);
resource!(KeyPair, "key", "key-pair", "InvalidKeyPair", "key pair", Malformed::NotFound);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    Rsa,
    Ed25519,
}

impl KeyType {
    pub fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }
}
