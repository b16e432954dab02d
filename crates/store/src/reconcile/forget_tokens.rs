//! Forgets client tokens a day after they were used.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::Clock;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use jiff::{SignedDuration, Timestamp};

use crate::{Error, SharedStore, StoreExt, idempotency};

/// *EC2 API reference, Ensuring idempotency*: a token is good for at least 24 hours.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The reconciler. Needs no signal, its period is enough; all old tokens are one object.
pub struct ForgetTokens {
    store: SharedStore,
    clock: Arc<dyn Clock>,
}

impl ForgetTokens {
    pub fn new(store: SharedStore, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    fn before(&self) -> Timestamp {
        self.clock.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN)
    }
}

#[async_trait]
impl Reconciler for ForgetTokens {
    fn name(&self) -> &'static str {
        "store.forget_tokens"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(3600)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let is_due = idempotency::any_used(self.store.as_ref(), self.before())?;
        Ok(if is_due { vec!["old".to_owned()] } else { Vec::new() })
    }

    async fn step(&self, _: &str) -> Result<Next, Failure> {
        let before = self.before();
        self.store.transact::<_, Error, _>(move |tx| idempotency::forget(tx, before)).await?;
        Ok(Next::Settled)
    }
}

#[cfg(test)]
mod tests {
    use freehold_core::ManualClock;
    use freehold_core::reconcile::harness::Scenario;

    use super::*;
    use crate::MemoryStore;
    use crate::idempotency::Request;

    const REQUEST: Request<'_> = Request { account: "1", operation: "test.Launch", token: "t", fingerprint: "x" };

    async fn world(age: Duration) -> (SharedStore, Arc<ManualClock>) {
        let (store, clock): (SharedStore, _) =
            (Arc::new(MemoryStore::new("eu-test-1")), Arc::new(ManualClock::frozen(Timestamp::UNIX_EPOCH)));
        let now = clock.now();
        store.transact::<_, Error, _>(move |tx| idempotency::remember(tx, &REQUEST, &"i-1", now)).await.unwrap();
        clock.advance(age);
        (store, clock)
    }

    fn remembered(store: &SharedStore) -> bool {
        idempotency::any_used(store.as_ref(), Timestamp::MAX).unwrap()
    }

    fn scenario(age: Duration) -> Scenario<(SharedStore, Arc<ManualClock>)> {
        Scenario::new(
            move || world(age),
            |(store, clock)| vec![Arc::new(ForgetTokens::new(Arc::clone(store), Arc::clone(clock) as _))],
        )
    }

    #[tokio::test]
    async fn a_token_is_kept_for_a_day() {
        let young = Duration::from_secs(24 * 3600);
        let scenario = scenario(young).outcome(|(store, _)| remembered(store).then_some(()).ok_or("forgotten".into()));
        assert_eq!(scenario.undisturbed().await, 0);
    }

    #[tokio::test]
    async fn a_token_is_forgotten_after_a_day_however_the_reconciler_is_disturbed() {
        let old = Duration::from_secs(24 * 3600 + 1);
        let scenario = scenario(old).outcome(|(store, _)| (!remembered(store)).then_some(()).ok_or("kept".into()));
        assert_eq!(scenario.undisturbed().await, 1);
        scenario.killed_after_each_step().await;
        scenario.failing_at_each_step().await;
    }
}
