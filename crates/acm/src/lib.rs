//! Certificate Manager: certificates that balancers present, imported or issued by the region's own authority.
//!
//! What is requested is issued at once: the names are the region's own business, and there is nobody in whose name a
//! validation would be. Whoever trusts `tls/ca.pem` of the data directory trusts what is issued. Keys are rows of their
//! own beside the certificates, in a state that only the region's user can read.

mod authority;
mod errors;
mod generate;
mod model;
mod operations;
mod pem;
mod x509;

use std::sync::{Arc, PoisonError, RwLock};

use freehold_core::Clock;
use freehold_core::certificates::{Certificate as Served, CertificateUsers, Certificates};
use freehold_store::{SharedStore, StoreExt};
use freehold_wire::Service;
use jiff::Timestamp;

pub use authority::{Authority, Signed};
use model::{Certificate, PrivateKey};

/// What Certificate Manager stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    /// What signs what is requested.
    pub authority: Arc<dyn Authority>,
}

/// The certificates of a region.
pub struct Acm {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    authority: Arc<dyn Authority>,
    users: RwLock<Vec<Arc<dyn CertificateUsers>>>,
}

impl Acm {
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, clock, authority } = parts;
        Arc::new(Self { store, clock, authority, users: RwLock::default() })
    }

    /// The service `acm`.
    pub fn service(self: &Arc<Self>) -> Service {
        operations::service(self)
    }

    /// From now on `users` is asked who presents a certificate.
    pub fn ask(&self, users: Arc<dyn CertificateUsers>) {
        self.users.write().unwrap_or_else(PoisonError::into_inner).push(users);
    }

    /// ARNs of what presents the certificate.
    fn users(&self, certificate: &Certificate) -> Vec<String> {
        let asked = self.users.read().unwrap_or_else(PoisonError::into_inner);
        asked.iter().flat_map(|users| users.users(&certificate.account, &certificate.arn)).collect()
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Certificates for Acm {
    fn pem(&self, account: &str, arn: &str) -> Option<Served> {
        let read = || -> Result<_, freehold_store::Error> {
            Ok(self.store.get::<Certificate>(arn)?.zip(self.store.get::<PrivateKey>(arn)?))
        };
        let found = read().unwrap_or_else(|error| {
            tracing::error!(%error, "a certificate cannot be read");
            None
        });
        let (certificate, key) = found.filter(|(certificate, _)| certificate.account == account)?;
        let chain = certificate.body + certificate.chain.as_deref().unwrap_or_default();
        Some(Served { chain, private_key: key.pem })
    }
}
