//! Who is calling, and may they: access keys, roles, temporary credentials and policies; the services `iam` and
//! `sts`.
//!
//! [`Iam`] is all of it. To the endpoint it is the [`Authenticator`](freehold_wire::server::Authenticator); to EC2's
//! metadata service it gives the credentials of an instance's role; to callers it is two services of AWS. Every
//! identity is either an account's root, or a session of a role ([`freehold_core::PrincipalKind`]).

mod access_keys;
mod authorise;
mod condition_keys;
mod development;
mod errors;
mod generate;
mod instance_profiles;
mod issue;
mod key_ring;
mod model;
mod operations;
mod passed_roles;
pub mod policy;
mod protection;
mod reconcile;
mod resources;
mod service_roles;
mod trust;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use freehold_core::Clock;
use freehold_store::SharedStore;
use freehold_wire::Service;

pub use access_keys::RootKey;
pub use development::{Development, is_development_key};
pub use instance_profiles::Profile;
pub use issue::TemporaryCredentials;
pub use protection::{ResourcePolicies, ResourcePolicy};
pub use reconcile::ForgetExpired;
pub use trust::NotTrusted;

use key_ring::KeyRing;

/// The account that the region belongs to.
pub const MAIN_ACCOUNT: &str = "000000000000";

/// Identities and policies of a region.
pub struct Iam {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    development: Development,
    keys: KeyRing,
    sessions: instance_profiles::Sessions,
    service_roles: service_roles::ServiceRoles,
    protection: protection::Protection,
}

impl Iam {
    /// Everything is in the store already, or comes there by operations. Call [`Iam::root_key`] once at start.
    pub fn new(store: SharedStore, clock: Arc<dyn Clock>, development: Development) -> Arc<Self> {
        let (keys, sessions) = (KeyRing::default(), instance_profiles::Sessions::default());
        let protection = protection::Protection::default();
        let service_roles = service_roles::ServiceRoles::new(&store);
        Arc::new(Self { store, clock, development, keys, sessions, service_roles, protection })
    }

    /// The services `iam` and `sts`.
    pub fn services(self: &Arc<Self>) -> [Service; 2] {
        [operations::iam::service(self), operations::sts::service(self)]
    }
}
