//! What EC2 needs of IAM: the instance profiles that instances may have, and their roles' credentials.

use async_trait::async_trait;
use jiff::Timestamp;

/// An instance profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceProfile {
    /// `arn:aws:iam::123456789012:instance-profile/name`
    pub arn: String,
    /// `AIPA…`
    pub id: String,
    /// Name of its role.
    pub role: String,
}

/// Temporary credentials of a role, for the software on one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleCredentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub token: String,
    pub expiration: Timestamp,
    pub last_updated: Timestamp,
}

#[async_trait]
pub trait InstanceRoles: Send + Sync + 'static {
    /// The profile with this name (or path and name) in the account.
    async fn profile(&self, account: &str, name: &str) -> Option<InstanceProfile>;

    /// Credentials of the role, in a session named after the instance. Asked often: the answer is cached until
    /// shortly before it expires.
    async fn credentials(&self, account: &str, role: &str, instance: &str) -> Option<RoleCredentials>;
}

/// IAM without instance profiles: every name is unknown.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoProfiles;

#[async_trait]
impl InstanceRoles for NoProfiles {
    async fn profile(&self, _account: &str, _name: &str) -> Option<InstanceProfile> {
        None
    }

    async fn credentials(&self, _account: &str, _role: &str, _instance: &str) -> Option<RoleCredentials> {
        None
    }
}
