//! Access keys, and what they stand for.

use freehold_core::Principal;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An access key with its secret. The secret is kept as it is: a signature cannot be checked with less.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccessKey {
    /// `AKIA…` or `ASIA…`
    pub id: String,
    pub account: String,
    pub secret: String,
    pub created: Timestamp,
    pub grant: Grant,
}

/// What a key lets its holder be.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grant {
    /// The root of the account, for good.
    Root,
    /// A principal for a while.
    Temporary {
        session_token: String,
        expires: Timestamp,
        principal: Box<Principal>,
        /// A policy that narrows what the session may do.
        session_policy: Option<String>,
    },
}

impl Document for AccessKey {
    const KIND: &'static str = "iam.access_key";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Long-term or temporary.
    fn index(&self) -> [Option<String>; 3] {
        let kind = match self.grant {
            Grant::Root => "root",
            Grant::Temporary { .. } => "temporary",
        };
        [Some(kind.to_owned()), None, None]
    }
}
