//! Certificates on their way from Certificate Manager to whoever presents them, and the question back: who does? Neither
//! service knows the other.

/// A certificate with its key, as a server needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate, then its chain, PEM.
    pub chain: String,
    /// PKCS #8, PKCS #1 or SEC 1, PEM.
    pub private_key: String,
}

/// Keys do not get into logs.
impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").field("chain", &self.chain).finish_non_exhaustive()
    }
}

/// What has certificates.
pub trait Certificates: Send + Sync + 'static {
    /// The certificate of this ARN, if the account has it and it is issued.
    fn pem(&self, account: &str, arn: &str) -> Option<Certificate>;
}

/// What presents certificates.
pub trait CertificateUsers: Send + Sync + 'static {
    /// ARNs of what presents the account's certificate.
    fn users(&self, account: &str, certificate: &str) -> Vec<String>;
}
