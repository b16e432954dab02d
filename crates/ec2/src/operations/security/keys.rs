//! Making and reading SSH keys, and their fingerprints as AWS computes them (*EC2 user guide, Verify the fingerprint
//! of your key pair*): of a made RSA key the SHA-1 of the private key in PKCS #8, of an imported one the MD5 of the
//! public key in SubjectPublicKeyInfo, of any ED25519 key the SHA-256 of its OpenSSH form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::{RsaPrivateKey, RsaPublicKey};
use sha1::Sha1;
use sha2::Sha256;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::public::KeyData;
use ssh_key::rand_core::OsRng;
use ssh_key::{PrivateKey, PublicKey};

use crate::errors::{Error, Result};
use crate::model::KeyType;

/// Several libraries' errors, told as text only.
type Fallible<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Bits of an RSA key that we make.
const RSA_BITS: usize = 2048;

/// A key just made; the private half is shown once and forgotten.
pub(super) struct Made {
    /// PEM: PKCS #1 for RSA, OpenSSH's own form for ED25519.
    pub private_pem: String,
    pub public: Public,
}

/// The half that is kept.
pub(super) struct Public {
    pub key_type: KeyType,
    /// One line in OpenSSH's format.
    pub line: String,
    pub fingerprint: String,
}

/// Makes a key. An RSA key costs about half a second of one core.
pub(super) fn make(key_type: KeyType, comment: &str) -> Result<Made> {
    match key_type {
        KeyType::Rsa => make_rsa(comment),
        KeyType::Ed25519 => make_ed25519(comment),
    }
    .map_err(|error| Error::Internal(format!("making a key: {error}")))
}

fn make_rsa(comment: &str) -> Fallible<Made> {
    let private = RsaPrivateKey::new(&mut OsRng, RSA_BITS)?;
    let private_pem = private.to_pkcs1_pem(LineEnding::LF)?.to_string();
    let fingerprint = colons(&Sha1::digest(private.to_pkcs8_der()?.as_bytes()));
    let public = ssh_key::public::RsaPublicKey::try_from(private.to_public_key())?;
    let line = PublicKey::new(KeyData::Rsa(public), comment).to_openssh()?;
    Ok(Made { private_pem, public: Public { key_type: KeyType::Rsa, line, fingerprint } })
}

fn make_ed25519(comment: &str) -> Fallible<Made> {
    let keypair = KeypairData::Ed25519(Ed25519Keypair::random(&mut OsRng));
    let private = PrivateKey::new(keypair, comment)?;
    let public = private.public_key();
    let (line, fingerprint) = (public.to_openssh()?, sha256(&public.to_bytes()?));
    let private_pem = private.to_openssh(LineEnding::LF)?.to_string();
    Ok(Made { private_pem, public: Public { key_type: KeyType::Ed25519, line, fingerprint } })
}

/// Reads a public key in OpenSSH's format.
pub(super) fn read(material: &[u8]) -> Result<Public> {
    let malformed = || Error::other("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
    let text = std::str::from_utf8(material).map_err(|_| malformed())?.trim();
    let key = PublicKey::from_openssh(text).map_err(|_| malformed())?;
    let line = text.to_owned();
    match key.key_data() {
        KeyData::Rsa(rsa) => {
            let public = RsaPublicKey::try_from(rsa).map_err(|_| malformed())?;
            let der = public.to_public_key_der().map_err(|_| malformed())?;
            Ok(Public { key_type: KeyType::Rsa, line, fingerprint: colons(&Md5::digest(der.as_bytes())) })
        }
        KeyData::Ed25519(_) => {
            let bytes = key.to_bytes().map_err(|_| malformed())?;
            Ok(Public { key_type: KeyType::Ed25519, line, fingerprint: sha256(&bytes) })
        }
        _ => Err(malformed()),
    }
}

/// `0a:1b:…`
fn colons(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

fn sha256(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_key_is_one_that_can_be_imported() {
        for key_type in [KeyType::Rsa, KeyType::Ed25519] {
            let made = make(key_type, "mine").unwrap();
            let read = read(made.public.line.as_bytes()).unwrap();
            assert_eq!(read.key_type, key_type);
            assert!(made.private_pem.contains("PRIVATE KEY-----"));
        }
    }

    #[test]
    fn fingerprints_have_the_length_of_their_digests() {
        let rsa = make(KeyType::Rsa, "").unwrap().public;
        assert_eq!(rsa.fingerprint.split(':').count(), 20);
        assert_eq!(read(rsa.line.as_bytes()).unwrap().fingerprint.split(':').count(), 16);
        assert_eq!(make(KeyType::Ed25519, "").unwrap().public.fingerprint.len(), 44);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in ["", "ssh-rsa", "ssh-rsa AAAA", "-----BEGIN PUBLIC KEY-----", "ssh-ed25519 !!!! me"] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(read(&[0xff, 0xfe]).is_err());
    }
}
