//! Gathers what the console's first page shows.

use std::collections::BTreeMap;

use freehold_console::{Holdings, Overview, Sight};
use freehold_ec2::model::{Instance, InstanceState};
use freehold_elb::model::LoadBalancer;
use freehold_store::{Error, Filter, Store, StoreExt};

use super::Report;
use crate::terminal::duration;

/// Where something is counted.
type Count = fn(&mut Holdings) -> &mut u64;

/// What is counted as it is, by its kind in the store.
const COUNTED: [(&str, Count); 3] = [
    ("lambda.function", |holdings| &mut holdings.functions),
    ("sqs.queue", |holdings| &mut holdings.queues),
    ("sns.topic", |holdings| &mut holdings.topics),
];

impl Sight for Report {
    fn overview(&self) -> Result<Overview, Error> {
        let status = self.gather()?;
        Ok(Overview {
            version: status.version,
            endpoint: status.endpoint,
            driver: status.machines.driver,
            reason: status.machines.reason,
            up_for: duration(status.uptime_seconds),
            services: status.services,
            holdings: holdings(&*self.store)?,
        })
    }
}

/// What each account has that has anything.
fn holdings(store: &dyn Store) -> Result<Vec<Holdings>, Error> {
    let mut found = BTreeMap::<String, Holdings>::new();
    let mut of = |account: String, count: Count| {
        let holdings = found.entry(account).or_insert_with_key(|account| Holdings::of(account));
        *count(holdings) += 1;
    };
    for instance in store.list::<Instance>(&Filter::all())? {
        match instance.state {
            InstanceState::Terminated => {}
            InstanceState::Running => of(instance.account, |it| &mut it.running_instances),
            _ => of(instance.account, |it| &mut it.other_instances),
        }
    }
    for balancer in store.list::<LoadBalancer>(&Filter::all())?.into_iter().filter(|balancer| !balancer.deleted) {
        of(balancer.account, |it| &mut it.balancers);
    }
    for (kind, count) in COUNTED {
        for row in store.list_rows(kind, &Filter::all())? {
            of(row.account, count);
        }
    }
    Ok(found.into_values().collect())
}
