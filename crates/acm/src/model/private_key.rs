//! Keys, apart from their certificates: nothing that lists or shows certificates comes across them.

use freehold_store::Document;
use serde::{Deserialize, Serialize};

/// The key of a certificate.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PrivateKey {
    /// The certificate's ARN.
    pub arn: String,
    pub account: String,
    pub pem: String,
}

/// Keys do not get into logs.
impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrivateKey").field("arn", &self.arn).finish_non_exhaustive()
    }
}

impl Document for PrivateKey {
    const KIND: &'static str = "acm.private-key";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}
