//! `elb.targets`: target groups lose what is not there any more: targets whose draining is over, and instances that were
//! terminated (*Application Load Balancer user guide, Register targets*: they are deregistered by themselves).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_api::ec2::{DescribeInstancesRequest, Filter as Ec2Filter, op};
use freehold_balancer::config::TargetKind;
use freehold_core::Principal;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::{SignedDuration, Timestamp};

use crate::Elb;
use crate::model::{TargetGroup, attributes};

/// Values that one filter of EC2's takes.
const AT_ONCE: usize = 200;

pub struct FollowTargets {
    elb: Arc<Elb>,
}

impl FollowTargets {
    pub fn new(elb: Arc<Elb>) -> Self {
        Self { elb }
    }

    /// What each of these groups is to lose: targets that were terminated.
    async fn gone(&self, groups: &[TargetGroup]) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
        let mut wanted: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for group in groups.iter().filter(|group| group.kind == TargetKind::Instance) {
            wanted.entry(&group.account).or_default().extend(group.targets.iter().map(|target| target.id.clone()));
        }
        let mut gone: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (account, ids) in wanted.into_iter().filter(|(_, ids)| !ids.is_empty()) {
            let living = living(&self.elb, account, &ids).await?;
            gone.insert(account.to_owned(), ids.difference(&living).cloned().collect());
        }
        Ok(gone)
    }
}

/// Those of the account's instances that can be targets: all but what is ending or has ended.
pub(super) async fn living(elb: &Elb, account: &str, ids: &BTreeSet<String>) -> Result<BTreeSet<String>, Failure> {
    let mut living = BTreeSet::new();
    let ids: Vec<_> = ids.iter().cloned().collect();
    for some in ids.chunks(AT_ONCE) {
        let filter =
            |name: &str, values: &[String]| Ec2Filter { name: Some(name.to_owned()), values: Some(values.to_vec()) };
        let states = ["pending", "running", "stopping", "stopped"].map(str::to_owned);
        let filters = vec![filter("instance-id", some), filter("instance-state-name", &states)];
        let input = DescribeInstancesRequest { filters: Some(filters), ..Default::default() };
        let principal = Principal::service_linked(account, "ElasticLoadBalancing");
        let answer = elb.local.call::<op::DescribeInstances>(principal, input).await?;
        let reservations = answer.reservations.unwrap_or_default().into_iter();
        let instances = reservations.flat_map(|reservation| reservation.instances.unwrap_or_default());
        living.extend(instances.filter_map(|instance| instance.instance_id));
    }
    Ok(living)
}

fn loses(group: &TargetGroup, gone: &BTreeMap<String, BTreeSet<String>>) -> bool {
    let gone = gone.get(&group.account).filter(|_| group.kind == TargetKind::Instance);
    gone.is_some_and(|gone| group.targets.iter().any(|target| gone.contains(&target.id)))
}

/// How long until the next of its targets has drained.
fn next_end(group: &TargetGroup, now: Timestamp) -> Option<Duration> {
    let delay = SignedDuration::from_secs(attributes::deregistration_delay(group).into());
    let ends = group.targets.iter().filter_map(|target| target.draining_since?.checked_add(delay).ok());
    ends.min().map(|end| Duration::try_from(end.duration_since(now)).unwrap_or_default())
}

#[async_trait]
impl Reconciler for FollowTargets {
    fn name(&self) -> &'static str {
        "elb.targets"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut groups: Vec<TargetGroup> = self.elb.store.list(&Filter::all())?;
        groups.retain(|group| !group.targets.is_empty());
        let gone = self.gone(&groups).await?;
        let is_draining = |group: &TargetGroup| group.targets.iter().any(|target| target.is_draining());
        groups.retain(|group| is_draining(group) || loses(group, &gone));
        Ok(groups.into_iter().map(|group| group.arn).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(group) = self.elb.store.get::<TargetGroup>(key)? else { return Ok(Next::Settled) };
        let gone = self.gone(std::slice::from_ref(&group)).await?;
        let gone = gone.into_values().next().unwrap_or_default();
        let (arn, now) = (key.to_owned(), self.elb.now());
        let left = self
            .elb
            .store
            .transact(move |tx| {
                let Some(mut group) = tx.get::<TargetGroup>(&arn)? else { return Ok(None) };
                let had = group.targets.len();
                group.targets.retain(|target| !gone.contains(&target.id));
                if group.forget_drained(now) || group.targets.len() != had {
                    tx.put(&group)?;
                }
                Ok::<_, freehold_store::Error>(Some(group))
            })
            .await?;
        // A signal comes when the clock is moved or the group changes; the pause is for what only time does.
        Ok(left.and_then(|group| next_end(&group, now)).map_or(Next::Settled, Next::After))
    }
}
