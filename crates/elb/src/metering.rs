//! For how long balancers are there, written down in the transaction that deletes one; and how much of their capacity is
//! used, which goes with what was counted last into the hour's tally.

use freehold_balancer::config::Kind;
use freehold_balancer::status::Status;
use freehold_metering::{BalancerKind, Counts, Ongoing, Stretch, Used};
use freehold_store::{Error, Filter, StoreExt, Tx, TxExt};
use jiff::Timestamp;

use crate::Elb;
use crate::model::{Capacity, LoadBalancer};

const SERVICE: &str = "AWSELB";

/// Marks a balancer as deleted, and takes what its node counted to the last.
pub(crate) fn delete(
    tx: &mut dyn Tx,
    mut balancer: LoadBalancer,
    status: Option<&Status>,
    now: Timestamp,
) -> Result<(), Error> {
    if !balancer.deleted {
        tx.put(&life(&balancer, now))?;
        if let Some(status) = status {
            meter(tx, &balancer, status, now)?;
        }
        tx.delete::<Capacity>(&balancer.arn)?;
        balancer.deleted = true;
    }
    tx.put(&balancer)
}

/// Meters what a node counted that is not metered yet.
pub(crate) fn meter(tx: &mut dyn Tx, balancer: &LoadBalancer, status: &Status, now: Timestamp) -> Result<(), Error> {
    let known = tx.get::<Capacity>(&balancer.arn)?;
    let new = || Capacity::new(&balancer.arn, &balancer.account, status, now);
    let mut capacity = known.unwrap_or_else(new);
    let metered = capacity.meter(balancer.kind, status, now);
    if metered.millionths > 0 {
        let mut counts = Counts::default();
        let who = (&*balancer.account, &*balancer.arn);
        counts.add(who, (SERVICE, metered.usage_type), metered.at, metered.millionths);
        counts.write(tx)?;
    }
    tx.put(&capacity)
}

fn life(balancer: &LoadBalancer, until: Timestamp) -> Stretch {
    let kind = match balancer.kind {
        Kind::Application => BalancerKind::Application,
        Kind::Network => BalancerKind::Network,
        Kind::Classic => BalancerKind::Classic,
    };
    let used = Used::LoadBalancer { balancer: kind };
    let tags = balancer.tags.iter().map(|(key, value)| (key.clone(), value.clone()));
    Stretch::new(&balancer.account, &balancer.arn, used, (balancer.created, until)).with_tags(tags)
}

impl Ongoing for Elb {
    fn ongoing(&self, now: Timestamp) -> Result<Vec<Stretch>, Error> {
        let there = self.store.list::<LoadBalancer>(&Filter::all())?;
        Ok(there.iter().filter(|balancer| !balancer.deleted).map(|balancer| life(balancer, now)).collect())
    }
}
