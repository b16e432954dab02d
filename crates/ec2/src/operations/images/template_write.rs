//! What the operations that write launch templates have in common.

use freehold_store::Tx;
use freehold_store::idempotency::{self, Request};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::errors::Result;
use crate::launch;
use crate::lookup::Reader;
use crate::model::LaunchTemplate;

/// A call with a client token that may come again.
#[derive(Debug, Clone)]
pub struct Once {
    pub account: String,
    /// `ec2.CreateLaunchTemplate`
    pub operation: &'static str,
    pub token: Option<String>,
    /// Of everything that is asked but the token.
    pub fingerprint: String,
    pub now: Timestamp,
}

impl Once {
    /// Does `work`, or answers what it answered to the same call before.
    pub fn run<T: Serialize + DeserializeOwned>(
        &self,
        tx: &mut dyn Tx,
        work: impl FnOnce(&mut dyn Tx) -> Result<T>,
    ) -> Result<T> {
        let Some(token) = self.token.as_deref().filter(|token| !token.is_empty()) else { return work(tx) };
        let (account, operation, fingerprint) = (self.account.as_str(), self.operation, self.fingerprint.as_str());
        let request = Request { account, operation, token, fingerprint };
        if let Some(answer) = idempotency::recall(tx, &request)? {
            return Ok(answer);
        }
        let answer = work(tx)?;
        idempotency::remember(tx, &request, &answer, self.now)?;
        Ok(answer)
    }
}

/// A digest of a request whose token and dry-run flag are taken out.
pub fn fingerprint(request: &impl std::fmt::Debug) -> String {
    hex::encode(Sha256::digest(format!("{request:?}")))
}

/// Which template a request means; exactly one of both is given.
#[derive(Debug, Clone)]
pub struct Named {
    pub id: Option<String>,
    pub name: Option<String>,
}

impl Named {
    pub fn find(&self, from: &mut (impl Reader + ?Sized), account: &str) -> Result<LaunchTemplate> {
        launch::find_template(from, account, self.id.as_deref(), self.name.as_deref())
    }
}
