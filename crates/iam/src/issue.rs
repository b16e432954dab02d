//! Issuing temporary credentials.

use freehold_core::{Arn, Principal, PrincipalKind};
use freehold_store::{StoreExt, TxExt};
use jiff::{SignedDuration, Timestamp};

use crate::model::{AccessKey, Grant, Role};
use crate::{Iam, generate};

/// Credentials that end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemporaryCredentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
    pub issued: Timestamp,
    pub expires: Timestamp,
}

/// A session of a role. Sessions have no record of their own: their keys are all there is of them.
pub(crate) struct Session<'a> {
    pub role: &'a Role,
    pub name: &'a str,
}

impl Session<'_> {
    /// `arn:aws:sts::123456789012:assumed-role/Role/session`; the role's path is not in it.
    pub fn arn(&self) -> Arn {
        Arn::new("sts", "", &self.role.account, format!("assumed-role/{}/{}", self.role.name, self.name))
    }

    /// `AROA…:session`
    pub fn user_id(&self) -> String {
        format!("{}:{}", self.role.unique_id, self.name)
    }

    pub fn principal(&self) -> Principal {
        Principal {
            account: self.role.account.clone(),
            arn: self.arn(),
            user_id: self.user_id(),
            kind: PrincipalKind::AssumedRole { role: self.role.name.clone(), session: self.name.to_owned() },
            access_key_id: String::new(),
        }
    }
}

impl Iam {
    /// Makes a key for `principal`. It is on disk when this returns, so that it works after a restart.
    pub(crate) async fn issue(
        &self,
        mut principal: Principal,
        lifetime: SignedDuration,
        session_policy: Option<String>,
    ) -> Result<TemporaryCredentials, freehold_store::Error> {
        let issued = self.clock.now();
        let expires = issued.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
        let issuing = TemporaryCredentials {
            access_key_id: generate::temporary_key_id(),
            secret_access_key: generate::secret(),
            session_token: generate::session_token(),
            issued,
            expires,
        };
        principal.access_key_id.clone_from(&issuing.access_key_id);
        let key = AccessKey {
            id: issuing.access_key_id.clone(),
            account: principal.account.clone(),
            secret: issuing.secret_access_key.clone(),
            created: issued,
            grant: Grant::Temporary {
                session_token: issuing.session_token.clone(),
                expires,
                principal: Box::new(principal),
                session_policy,
            },
        };
        self.store.transact::<_, freehold_store::Error, _>(move |tx| tx.put(&key)).await?;
        Ok(issuing)
    }
}
