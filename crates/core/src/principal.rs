//! Who signed a request.

use serde::{Deserialize, Serialize};

use crate::Arn;

/// The identity behind a verified signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The 12-digit account that the request acts in.
    pub account: String,
    /// `arn:aws:iam::123456789012:root`, `arn:aws:sts::…:assumed-role/Role/session`, …
    pub arn: Arn,
    /// What `sts:GetCallerIdentity` answers as `UserId`.
    pub user_id: String,
    /// What kind of identity this is, and so which policies apply.
    pub kind: PrincipalKind,
    /// The access key that signed.
    pub access_key_id: String,
}

impl Principal {
    /// Whoever did not sign: has no account, and is nobody in policies.
    pub fn anonymous() -> Self {
        Self {
            account: String::new(),
            arn: Arn::new("iam", "", "", "anonymous"),
            user_id: "anonymous".into(),
            kind: PrincipalKind::Anonymous,
            access_key_id: String::new(),
        }
    }

    /// A service that acts in the account by its service-linked role: `AutoScaling` is
    /// `assumed-role/AWSServiceRoleForAutoScaling/AutoScaling` (*IAM user guide, Service-linked roles*).
    pub fn service_linked(account: &str, service: &str) -> Self {
        let role = format!("AWSServiceRoleFor{service}");
        Self {
            account: account.to_owned(),
            arn: Arn::new("sts", "", account, format!("assumed-role/{role}/{service}")),
            user_id: format!("{role}:{service}"),
            kind: PrincipalKind::AssumedRole { role, session: service.to_owned() },
            access_key_id: String::new(),
        }
    }

    /// Whether this is a service that acts for the account, by a role that no user can assume.
    pub fn is_service_linked(&self) -> bool {
        matches!(&self.kind, PrincipalKind::AssumedRole { role, .. } if role.starts_with("AWSServiceRoleFor"))
            && self.access_key_id.is_empty()
    }

    pub fn is_anonymous(&self) -> bool {
        self.kind == PrincipalKind::Anonymous
    }
}

/// The kinds of identity that can sign, and the one that did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrincipalKind {
    /// The account itself: may do everything in it.
    Root,
    /// Nobody signed. May do what needs no signature, and nothing else.
    Anonymous,
    /// A session of a role: may do what the role's policies and the session's policy both allow.
    AssumedRole {
        /// The role's name, without its path.
        role: String,
        /// The session's name, chosen by whoever assumed the role.
        session: String,
    },
}
