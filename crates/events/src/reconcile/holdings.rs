//! `events.holdings`: events go from archives when their days are over, and with archives that are deleted.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Document, Filter, StoreExt, TxExt};

use crate::Events;
use crate::errors::Error;
use crate::model::{Archive, Holding, Kept, day};

/// Events of one step.
const PAGE: usize = 500;

pub(super) struct Holdings(pub Arc<Events>);

#[async_trait]
impl Reconciler for Holdings {
    fn name(&self) -> &'static str {
        "events.holdings"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(300)
    }

    /// One at a time: all of them write to the same database.
    fn concurrency(&self) -> usize {
        1
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let dismissed = self.0.store.list::<Holding>(&Filter::index(0, "dismissed"))?;
        let mut pending: Vec<String> = dismissed.into_iter().map(|held| held.key).collect();
        for archive in self.0.store.list::<Archive>(&Filter::all())? {
            let held = self.0.store.get::<Holding>(&archive.key)?;
            if held.is_some_and(|held| self.day_over(&archive, &held).is_some()) {
                pending.push(archive.key);
            }
        }
        Ok(pending)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(held) = self.0.store.get::<Holding>(key)? else { return Ok(Next::Settled) };
        if held.is_dismissed {
            let is_empty = self.remove(Filter::index(0, key), key).await?;
            if is_empty {
                let key = key.to_owned();
                self.0.store.transact::<_, Error, _>(move |tx| Ok(tx.delete::<Holding>(&key)?)).await?;
            }
            return Ok(Next::Again);
        }
        let archives = self.0.store.list::<Archive>(&Filter::account(&*held.account))?;
        let archive = archives.into_iter().find(|archive| archive.key == held.key);
        let Some(over) = archive.and_then(|archive| self.day_over(&archive, &held)) else { return Ok(Next::Settled) };
        if self.remove(Filter::index(1, Kept::day_of(key, over)), key).await? {
            let key = key.to_owned();
            let noted = self.0.store.transact::<_, Error, _>(move |tx| {
                let Some(mut held) = tx.get::<Holding>(&key)?.filter(|held| held.first_day == over) else {
                    return Ok(());
                };
                held.first_day = over + 1;
                Ok(tx.put(&held)?)
            });
            noted.await?;
        }
        Ok(Next::Again)
    }
}

impl Holdings {
    /// The first day whose events are to go, if any are. *RetentionDays*: whole days; 0 is for ever.
    fn day_over(&self, archive: &Archive, held: &Holding) -> Option<i64> {
        let kept_from = day(self.0.now()) - i64::from(archive.retention_days);
        (archive.retention_days > 0 && held.first_day < kept_from).then_some(held.first_day)
    }

    /// Removes a page of what is selected; whether nothing is left.
    async fn remove(&self, filter: Filter, key: &str) -> Result<bool, Error> {
        let page = self.0.store.list::<Kept>(&Filter { limit: Some(PAGE), ..filter })?;
        let is_last = page.len() < PAGE;
        if page.is_empty() {
            return Ok(true);
        }
        let key = key.to_owned();
        let removed = self.0.store.transact::<_, Error, _>(move |tx| {
            let mut held = tx.get::<Holding>(&key)?;
            for kept in &page {
                if tx.delete::<Kept>(kept.id())?
                    && let Some(held) = &mut held
                {
                    held.events = held.events.saturating_sub(1);
                    held.bytes = held.bytes.saturating_sub(kept.text.len() as u64);
                }
            }
            if let Some(held) = held {
                tx.put(&held)?;
            }
            Ok(())
        });
        removed.await?;
        Ok(is_last)
    }
}
