//! What EC2 asks: which role an instance has, and that role's credentials for the software inside.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use freehold_store::StoreExt;
use jiff::SignedDuration;

use crate::Iam;
use crate::issue::{Session, TemporaryCredentials};
use crate::model::{InstanceProfile, Role};
use crate::trust::NotTrusted;

const EC2: &str = "ec2.amazonaws.com";

/// Lifetime of an instance's credentials, and how long before their end new ones are given out (*EC2 user guide:
/// new credentials are available at least five minutes before the old ones end*).
const LIFETIME: SignedDuration = SignedDuration::from_hours(6);
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(30);

/// Instances' sessions that are remembered. After a restart, or past this many, an instance gets new ones.
const CAPACITY: usize = 16384;

/// Credentials given out, by the role's unique id and the session's name.
#[derive(Default)]
pub(crate) struct Sessions {
    issued: Mutex<HashMap<(String, String), TemporaryCredentials>>,
}

/// An instance profile, as EC2 sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// `arn:aws:iam::123456789012:instance-profile/name`
    pub arn: String,
    /// `AIPA…`
    pub id: String,
    pub name: String,
    /// Name of its role, if it has one.
    pub role: Option<String>,
}

impl Iam {
    /// The profile with this name (or path and name) in the account.
    pub fn instance_profile(&self, account: &str, name: &str) -> Result<Option<Profile>, freehold_store::Error> {
        let (path, name) = name.rsplit_once('/').map_or((None, name), |(path, name)| (Some(path), name));
        let found = self.store.get::<InstanceProfile>(&InstanceProfile::id(account, name))?;
        let found =
            found.filter(|found| path.is_none_or(|path| found.path.trim_matches('/') == path.trim_matches('/')));
        Ok(found.map(|found| Profile {
            arn: found.arn().to_string(),
            id: found.unique_id,
            name: found.name,
            role: found.role,
        }))
    }

    /// Credentials of the profile's role, in a session named after the instance.
    pub async fn instance_profile_credentials(
        &self,
        account: &str,
        profile: &str,
        instance: &str,
    ) -> Result<TemporaryCredentials, NotTrusted> {
        let role =
            self.instance_profile(account, profile)?.and_then(|profile| profile.role).ok_or(NotTrusted::NoRole)?;
        self.role_credentials_for_instance(account, &role, instance).await
    }

    /// Credentials of the role, in a session named after the instance. Asked often: the same are given until
    /// shortly before they end.
    pub async fn role_credentials_for_instance(
        &self,
        account: &str,
        role: &str,
        instance: &str,
    ) -> Result<TemporaryCredentials, NotTrusted> {
        let role = self.trusting_role(&Role::id(account, role), EC2, |_| true)?;
        let times = (LIFETIME, RENEW_BEFORE);
        self.kept_session(Session { role: &role, name: instance }, instance.to_owned(), times).await
    }
}

impl Sessions {
    pub(crate) fn get(&self, key: &(String, String)) -> Option<TemporaryCredentials> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(crate) fn put(&self, key: (String, String), credentials: TemporaryCredentials) {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if issued.len() >= CAPACITY {
            issued.clear();
        }
        issued.insert(key, credentials);
    }
}
