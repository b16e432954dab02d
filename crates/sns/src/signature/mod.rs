//! Signatures of messages to HTTP endpoints (*developer guide, Verifying the signatures of Amazon SNS messages*).
//!
//! A region has one RSA key for them and a certificate that names `sns.amazonaws.com`, which subscribers fetch from
//! `SigningCertURL`. Both are made when the first message is signed and kept in the store. A signature does not depend
//! on the subscription: one serves all endpoints that a message goes to.

mod canonical;
mod generate;
mod key;
mod recent;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freehold_store::{SharedStore, StoreExt, TxExt};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs1v15;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rsa::signature::{SignatureEncoding, Signer as _};
use sha1::Sha1;
use thiserror::Error;

pub(crate) use canonical::{Confirmation, Fields, Subject};
use key::SigningKey;
use recent::Recent;

/// Where certificates are served, before their number.
pub(crate) const CERTIFICATE_PATH_PREFIX: &str = "/SimpleNotificationService-";

/// `SignatureVersion`: what a topic's messages are signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Version {
    /// SHA1withRSA, the default.
    #[default]
    One,
    /// SHA256withRSA
    Two,
}

impl Version {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "1" => Some(Self::One),
            "2" => Some(Self::Two),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
        }
    }
}

/// Why messages cannot be signed.
#[derive(Debug, Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Store(#[from] freehold_store::Error),
    #[error("the key for signatures cannot be made: {0}")]
    Generation(String),
    #[error("the key for signatures is damaged: {0}")]
    Damaged(String),
}

/// Signs messages.
pub(crate) struct Signer {
    /// For version 1: ring signs no SHA-1.
    with_sha1: pkcs1v15::SigningKey<Sha1>,
    /// For version 2: ring is several times faster.
    with_sha256: RsaKeyPair,
    certificate_id: String,
    certificate_pem: String,
    recent: Recent,
}

impl Signer {
    /// The region's signer. Its key is made, which takes a second or two of another thread, if there is none.
    pub(crate) async fn load_or_make(store: &SharedStore) -> Result<Self, Error> {
        if let Some(key) = store.get::<SigningKey>(SigningKey::ID)? {
            return Self::new(key);
        }
        let made = tokio::task::spawn_blocking(generate::signing_key)
            .await
            .map_err(|panic| Error::Generation(panic.to_string()))??;
        let key = store
            .transact(move |tx| {
                // Another task may have been faster; its certificate may be known already.
                if let Some(key) = tx.get::<SigningKey>(SigningKey::ID)? {
                    return Ok::<_, freehold_store::Error>(key);
                }
                tx.put(&made)?;
                Ok(made)
            })
            .await?;
        Self::new(key)
    }

    fn new(key: SigningKey) -> Result<Self, Error> {
        let private = rsa::RsaPrivateKey::from_pkcs8_pem(&key.private_key_pem).map_err(damaged)?;
        let der = private.to_pkcs8_der().map_err(damaged)?;
        Ok(Self {
            with_sha256: RsaKeyPair::from_pkcs8(der.as_bytes()).map_err(damaged)?,
            with_sha1: pkcs1v15::SigningKey::new(private),
            certificate_id: key.certificate_id,
            certificate_pem: key.certificate_pem,
            recent: Recent::default(),
        })
    }

    /// `Signature` of a message, in Base64.
    pub(crate) fn sign(&self, version: Version, fields: &Fields<'_>) -> Result<String, Error> {
        let text = fields.to_sign();
        self.recent.get_or(version, &text, || self.signature(version, &text))
    }

    fn signature(&self, version: Version, text: &str) -> Result<String, Error> {
        let signature = match version {
            Version::One => self.with_sha1.try_sign(text.as_bytes()).map_err(damaged)?.to_vec(),
            Version::Two => {
                let mut signature = vec![0; self.with_sha256.public().modulus_len()];
                let random = SystemRandom::new();
                self.with_sha256.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).map_err(damaged)?;
                signature
            }
        };
        Ok(STANDARD.encode(signature))
    }

    /// Path of `SigningCertURL`: `/SimpleNotificationService-0123….pem`.
    pub(crate) fn certificate_path(&self) -> String {
        format!("{CERTIFICATE_PATH_PREFIX}{}.pem", self.certificate_id)
    }

    /// What is answered at [`Self::certificate_path`].
    pub(crate) fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }
}

fn damaged(why: impl ToString) -> Error {
    Error::Damaged(why.to_string())
}
