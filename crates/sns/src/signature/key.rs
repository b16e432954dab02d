//! The region's key for signatures, as it is stored.

use freehold_iam::MAIN_ACCOUNT;
use freehold_store::Document;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SigningKey {
    /// PKCS #8.
    pub private_key_pem: String,
    /// 32 hexadecimal digits, derived from the certificate.
    pub certificate_id: String,
    pub certificate_pem: String,
}

impl SigningKey {
    /// There is one.
    pub(super) const ID: &'static str = "region";
}

impl Document for SigningKey {
    const KIND: &'static str = "sns.signing-key";

    fn id(&self) -> &str {
        Self::ID
    }

    fn account(&self) -> &str {
        MAIN_ACCOUNT
    }
}
