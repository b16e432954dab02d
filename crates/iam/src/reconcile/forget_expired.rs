//! Forgets temporary keys some time after their end. Until then their holders are told that they have expired,
//! which is another thing than never having existed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::{SignedDuration, Timestamp};

use crate::Iam;
use crate::model::{AccessKey, Grant};

const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The reconciler. Needs no signal: its period is enough.
pub struct ForgetExpired {
    iam: Arc<Iam>,
}

impl ForgetExpired {
    pub fn new(iam: Arc<Iam>) -> Self {
        Self { iam }
    }
}

#[async_trait]
impl Reconciler for ForgetExpired {
    fn name(&self) -> &'static str {
        "iam.forget_expired"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(3600)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let before = self.iam.clock.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        let keys = self.iam.store.list::<AccessKey>(&Filter::index(0, "temporary"))?;
        let over = |key: &AccessKey| matches!(key.grant, Grant::Temporary { expires, .. } if expires < before);
        Ok(keys.into_iter().filter(over).map(|key| key.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let id = key.to_owned();
        self.iam.store.transact::<_, freehold_store::Error, _>(move |tx| tx.delete::<AccessKey>(&id)).await?;
        Ok(Next::Settled)
    }
}
