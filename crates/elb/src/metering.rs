//! For how long balancers are there: written down in the transaction that deletes one.

use freehold_balancer::config::Kind;
use freehold_metering::{BalancerKind, Ongoing, Stretch, Used};
use freehold_store::{Error, Filter, StoreExt, Tx, TxExt};
use jiff::Timestamp;

use crate::Elb;
use crate::model::LoadBalancer;

/// Marks a balancer as deleted.
pub(crate) fn delete(tx: &mut dyn Tx, mut balancer: LoadBalancer, now: Timestamp) -> Result<(), Error> {
    if !balancer.deleted {
        tx.put(&life(&balancer, now))?;
        balancer.deleted = true;
    }
    tx.put(&balancer)
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
