//! Credentials that need no set-up, for a region that only its own machine can reach.

use freehold_core::{Arn, Principal, PrincipalKind, is_account};
use freehold_wire::server::Credentials;

use crate::MAIN_ACCOUNT;

/// The secret of every development credential, and the access key of the main account's.
const WORD: &str = "test";

/// Whether development credentials are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Development {
    /// The listener is reachable from this machine only.
    Accepted,
    Refused,
}

impl Development {
    /// `test` means the main account; twelve digits mean the account of that number. The secret is `test`.
    pub(crate) fn credentials(self, access_key_id: &str) -> Option<Credentials> {
        if self == Self::Refused {
            return None;
        }
        let account = if access_key_id == WORD {
            MAIN_ACCOUNT
        } else if is_account(access_key_id) {
            access_key_id
        } else {
            return None;
        };
        Some(Credentials {
            secret_access_key: WORD.to_owned(),
            session_token: None,
            expires: None,
            principal: root(account, access_key_id),
        })
    }
}

/// Whether this is the access key of a development credential.
pub fn is_development_key(access_key_id: &str) -> bool {
    Development::Accepted.credentials(access_key_id).is_some()
}

/// The root of an account.
pub(crate) fn root(account: &str, access_key_id: &str) -> Principal {
    Principal {
        account: account.to_owned(),
        arn: Arn::root(account),
        user_id: account.to_owned(),
        kind: PrincipalKind::Root,
        access_key_id: access_key_id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_and_account_numbers_are_keys_on_a_private_listener_only() {
        let account = |id| Development::Accepted.credentials(id).map(|found| found.principal.account);
        assert_eq!(account("test").as_deref(), Some("000000000000"));
        assert_eq!(account("123456789012").as_deref(), Some("123456789012"));
        for id in ["", "tests", "12345678901", "1234567890123", "12345678901x", "AKIAIOSFODNN7EXAMPLE"] {
            assert_eq!(account(id), None, "{id}");
        }
        assert!(Development::Refused.credentials("test").is_none());
        assert!(Development::Refused.credentials("123456789012").is_none());
    }
}
