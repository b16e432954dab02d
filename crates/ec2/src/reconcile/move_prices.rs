//! `ec2.spot-prices`: writes down what Spot costs from now on, whenever how full the host is has changed that. Rows that
//! nobody may ask for any more, and that no run still needs to be priced, are forgotten.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::{SignedDuration, Timestamp};

use crate::Ec2;
use crate::errors::Error;
use crate::model::{Instance, SpotShare};
use crate::spot::market::Market;

/// *API reference, DescribeSpotPriceHistory*: the past 90 days.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

pub struct MovePrices {
    ec2: Arc<Ec2>,
}

impl MovePrices {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2 }
    }

    /// What is to be written now.
    fn due(&self, market: &Market) -> Option<SpotShare> {
        let now = self.ec2.now();
        let share = market.due(self.ec2.ledger.fullness()?, now)?;
        Some(SpotShare::new(now, share))
    }
}

/// Rows that were replaced by another before that moment.
fn forgotten(rows: &[SpotShare], before: Timestamp) -> &[SpotShare] {
    let in_force = rows.partition_point(|row| row.at <= before);
    &rows[..in_force.saturating_sub(1)]
}

/// What is older is asked for by nobody.
fn horizon(now: Timestamp, instances: impl Iterator<Item = Instance>) -> Timestamp {
    let oldest = now.saturating_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
    let runs = instances.filter(|instance| instance.spot.is_some()).map(|one| one.running_since.unwrap_or(one.created));
    runs.chain([oldest]).min().unwrap_or(oldest)
}

#[async_trait]
impl Reconciler for MovePrices {
    fn name(&self) -> &'static str {
        "ec2.spot-prices"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let market = Market::of(self.ec2.store.list(&Filter::all())?);
        Ok(if self.due(&market).is_some() { vec!["share".to_owned()] } else { Vec::new() })
    }

    async fn step(&self, _: &str) -> Result<Next, Failure> {
        let own = Self::new(Arc::clone(&self.ec2));
        self.ec2
            .store
            .transact::<_, Error, _>(move |tx| {
                let rows: Vec<SpotShare> = tx.list(&Filter::all())?;
                // Looked at again: what was seen outside may be done.
                let Some(new) = own.due(&Market::of(rows.clone())) else { return Ok(()) };
                let horizon = horizon(new.at, tx.list::<Instance>(&Filter::all())?.into_iter());
                for old in forgotten(&rows, horizon) {
                    tx.delete::<SpotShare>(&old.id)?;
                }
                Ok(tx.put(&new)?)
            })
            .await?;
        Ok(Next::Settled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_in_force_at_the_horizon_is_kept() {
        let at = |hour| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        let rows: Vec<_> = [1, 2, 3].map(|hour| SpotShare::new(at(hour), 2000)).into();
        for (hour, gone) in [(0, 0), (1, 0), (2, 1), (3, 2), (9, 2)] {
            assert_eq!(forgotten(&rows, at(hour)).len(), gone, "{hour}");
        }
    }
}
