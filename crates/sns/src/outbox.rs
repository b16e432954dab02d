//! The outbox: what would have left the region by SMS, push or e-mail. The newest thousand of each account are kept.

use freehold_store::{Document, Filter, StoreExt, TxExt};
use serde::{Deserialize, Serialize};

use crate::Sns;
use crate::errors::Error;
use crate::model::Outgone;

const KEPT: u64 = 1000;

/// How many messages an account's outbox has had.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Count {
    account: String,
    count: u64,
}

impl Document for Count {
    const KIND: &'static str = "sns.outbox_count";

    fn id(&self) -> &str {
        &self.account
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// Twenty digits, so that keys are ordered as their numbers.
fn key(account: &str, number: u64) -> String {
    format!("{account}/{number:020}")
}

impl Sns {
    /// Records a message; its key is given here.
    pub(crate) async fn record(&self, mut message: Outgone) -> Result<(), Error> {
        self.store
            .transact(move |tx| {
                let account = message.account.clone();
                let count = tx.get::<Count>(&account)?.map_or(0, |count| count.count);
                message.key = key(&account, count);
                tx.put(&message)?;
                if let Some(old) = count.checked_sub(KEPT) {
                    tx.delete::<Outgone>(&key(&account, old))?;
                }
                tx.put(&Count { account, count: count + 1 })?;
                Ok(())
            })
            .await
    }

    /// What an account's outbox holds, or all outboxes; the oldest first.
    ///
    /// # Errors
    /// What the store reports.
    pub fn outbox(&self, account: Option<&str>) -> Result<Vec<Outgone>, freehold_store::Error> {
        self.store.list(&account.map_or_else(Filter::all, Filter::account))
    }
}
