//! Long-term keys.

use freehold_store::{Filter, StoreExt, TxExt};

use crate::model::{AccessKey, Grant};
use crate::{Iam, MAIN_ACCOUNT, generate};

/// The key of the main account's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootKey {
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl Iam {
    /// The root key, made at the first start and the same ever after.
    pub async fn root_key(&self) -> Result<RootKey, freehold_store::Error> {
        let now = self.clock.now();
        let key = self
            .store
            .transact(move |tx| {
                let filter = Filter::index(0, "root").and_account(MAIN_ACCOUNT);
                if let Some(key) = tx.list::<AccessKey>(&filter)?.into_iter().next() {
                    return Ok::<_, freehold_store::Error>(key);
                }
                let key = AccessKey {
                    id: generate::long_term_key_id(),
                    account: MAIN_ACCOUNT.to_owned(),
                    secret: generate::secret(),
                    created: now,
                    grant: Grant::Root,
                };
                tx.put(&key)?;
                Ok(key)
            })
            .await?;
        Ok(RootKey { access_key_id: key.id, secret_access_key: key.secret })
    }
}
