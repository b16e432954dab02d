//! `events.replays`: events of archives are put on their bus again, a page at a time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Document, Filter, StoreExt, TxExt};

use crate::Events;
use crate::archive::replayed;
use crate::errors::Error;
use crate::model::{Archive, Kept, Replay, ReplayState};

/// Events of one step.
const PAGE: usize = 100;

pub(super) struct Replays(pub Arc<Events>);

#[async_trait]
impl Reconciler for Replays {
    fn name(&self) -> &'static str {
        "events.replays"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let going = self.0.store.list::<Replay>(&Filter::index(0, "going"))?;
        Ok(going.into_iter().map(|replay| replay.arn).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(replay) = self.0.store.get::<Replay>(key)? else { return Ok(Next::Settled) };
        let now = self.0.now();
        match replay.state {
            ReplayState::Starting => self.note(&replay, |replay| replay.state = ReplayState::Running).await?,
            ReplayState::Cancelling => {
                self.note(&replay, move |replay| replay.end(ReplayState::Cancelled, None, now)).await?;
            }
            ReplayState::Running => self.go_on(&replay).await?,
            ReplayState::Completed | ReplayState::Cancelled | ReplayState::Failed => return Ok(Next::Settled),
        }
        Ok(Next::Again)
    }
}

impl Replays {
    /// What is told is on disk before it is noted that it was: a crash between the two tells it again.
    async fn go_on(&self, replay: &Replay) -> Result<(), Error> {
        let now = self.0.now();
        let archive = self.0.store.get::<Archive>(&replay.archive)?;
        if archive.is_none_or(|archive| archive.key != replay.archive_key) {
            let reason = Some("The archive was deleted.");
            return self.note(replay, move |replay| replay.end(ReplayState::Failed, reason, now)).await;
        }
        let page = Filter {
            after: Some(replay.position.clone()),
            limit: Some(PAGE),
            ..Filter::index(0, &*replay.archive_key)
        };
        let mut page = self.0.store.list::<Kept>(&page)?;
        let is_last = page.len() < PAGE || page.last().is_some_and(|kept| kept.time >= replay.until);
        page.retain(|kept| kept.time < replay.until);
        let mut deliveries = Vec::new();
        for kept in &page {
            // What is kept is an event.
            let Some(event) = replayed(&kept.text, &replay.name) else { continue };
            deliveries.extend(self.0.matched_by(&replay.bus, &event, &replay.rules)?);
        }
        self.0.post(deliveries).await?;
        let last = page.last().map(|kept| (kept.id().to_owned(), kept.time));
        self.note(replay, move |replay| {
            if let Some((id, time)) = last {
                (replay.position, replay.last) = (id, Some(time));
            }
            if is_last {
                replay.end(ReplayState::Completed, None, now);
            }
        })
        .await
    }

    /// Writes what changed, unless somebody else changed it: then the next step looks again.
    async fn note(&self, seen: &Replay, change: impl FnOnce(&mut Replay) + Send + 'static) -> Result<(), Error> {
        let seen = seen.clone();
        let noted = self.0.store.transact::<_, Error, _>(move |tx| {
            let Some(mut replay) = tx.get::<Replay>(&seen.arn)?.filter(|replay| *replay == seen) else { return Ok(()) };
            change(&mut replay);
            Ok(tx.put(&replay)?)
        });
        noted.await
    }
}
