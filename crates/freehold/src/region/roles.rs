//! IAM's instance profiles, as EC2 asks for them.

use std::sync::Arc;

use async_trait::async_trait;
use freehold_ec2::roles::{InstanceProfile, InstanceRoles, RoleCredentials};
use freehold_iam::Iam;

pub struct Roles(pub Arc<Iam>);

#[async_trait]
impl InstanceRoles for Roles {
    async fn profile(&self, account: &str, name: &str) -> Option<InstanceProfile> {
        let found = self.0.instance_profile(account, name);
        let found = found.unwrap_or_else(|error| {
            tracing::warn!(%error, account, name, "an instance profile cannot be read");
            None
        })?;
        Some(InstanceProfile { arn: found.arn, id: found.id, role: found.role.unwrap_or_default() })
    }

    async fn credentials(&self, account: &str, role: &str, instance: &str) -> Option<RoleCredentials> {
        match self.0.role_credentials_for_instance(account, role, instance).await {
            Ok(issued) => Some(RoleCredentials {
                access_key_id: issued.access_key_id,
                secret_access_key: issued.secret_access_key,
                token: issued.session_token,
                expiration: issued.expires,
                last_updated: issued.issued,
            }),
            Err(error) => {
                tracing::debug!(%error, account, role, instance, "no credentials for an instance");
                None
            }
        }
    }
}
