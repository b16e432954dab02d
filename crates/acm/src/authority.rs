//! What signs certificates for Certificate Manager: the region's authority, which is the binary's.

use std::io;

use rcgen::{CertificateParams, KeyPair};

/// A certificate and the authority's own, PEM.
#[derive(Debug, Clone)]
pub struct Signed {
    pub certificate: String,
    pub authority: String,
}

/// Signs for the region.
pub trait Authority: Send + Sync + 'static {
    /// Signs a certificate with these contents for `key`.
    ///
    /// # Errors
    /// The authority's key cannot be read, or the contents are none of a certificate's.
    fn sign(&self, params: &CertificateParams, key: &KeyPair) -> io::Result<Signed>;
}
