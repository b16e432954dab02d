//! `elb.metrics`: each minute CloudWatch is told what nodes counted since the last one. What was counted before is kept
//! in memory only: a control plane that starts anew leaves a gap of a minute.

mod data;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use freehold_balancer::status::Status;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt};
use jiff::Timestamp;

use super::{Tools, node};
use crate::Elb;
use crate::model::{LoadBalancer, State};

const MINUTE: i64 = 60;

pub struct ReportMetrics {
    elb: Arc<Elb>,
    tools: Tools,
    reported: Mutex<HashMap<String, Reported>>,
}

/// What a node had counted, and in which minute since the epoch.
struct Reported {
    minute: i64,
    status: Status,
}

impl ReportMetrics {
    pub fn new(elb: Arc<Elb>, tools: Tools) -> Self {
        Self { elb, tools, reported: Mutex::default() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Reported>> {
        self.reported.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn minute(&self) -> i64 {
        self.elb.now().as_second().div_euclid(MINUTE)
    }

    fn balancers(&self) -> Result<Vec<LoadBalancer>, freehold_store::Error> {
        let serves = |state: State| self.elb.store.list::<LoadBalancer>(&Filter::index(1, state.name()));
        Ok([serves(State::Active)?, serves(State::ActiveImpaired)?].concat())
    }
}

/// A node that started after the last report counted from zero; one that this process sees for the first time may have
/// counted for days, of which nothing is known but its sum.
fn baseline(known: Option<&Reported>, status: &Status, minute: i64) -> Status {
    match known {
        Some(known) if known.status.pid == status.pid && known.status.started == status.started => known.status.clone(),
        Some(_) => Status::default(),
        None if status.started.div_euclid(MINUTE) >= minute.saturating_sub(1) => Status::default(),
        None => status.clone(),
    }
}

#[async_trait]
impl Reconciler for ReportMetrics {
    fn name(&self) -> &'static str {
        "elb.metrics"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(2)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let minute = self.minute();
        if !self.tools.driver.runs() {
            return Ok(Vec::new());
        }
        let balancers = self.balancers()?;
        let mut reported = self.lock();
        reported.retain(|arn, _| balancers.iter().any(|balancer| balancer.arn == *arn));
        let is_due = |balancer: &LoadBalancer| reported.get(&balancer.arn).is_none_or(|known| known.minute != minute);
        Ok(balancers.into_iter().filter(is_due).map(|balancer| balancer.arn).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let minute = self.minute();
        let Some(balancer) = self.elb.store.get::<LoadBalancer>(key)? else { return Ok(Next::Settled) };
        let Some(status) = node::status(self.tools.driver.as_ref(), &balancer.id) else { return Ok(Next::Settled) };
        let (is_first, before) = {
            let reported = self.lock();
            let known = reported.get(key);
            (known.is_none(), baseline(known, &status, minute))
        };
        // The minute that has ended; at first sight it is only noted what there was.
        if !is_first {
            let at = Timestamp::from_second(minute.saturating_sub(1).saturating_mul(MINUTE))?;
            self.tools.metrics.record(&balancer.account, data::data(&balancer, &before, &status, at));
        }
        let status = if is_first { before } else { status };
        self.lock().insert(key.to_owned(), Reported { minute, status });
        Ok(Next::Settled)
    }
}
