//! `ec2.measure`: each minute it is looked at what every running instance has used, and CloudWatch is told: each minute
//! of instances with detailed monitoring, every five of others. What was counted before is kept in memory only: a control
//! plane that starts anew leaves a gap.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use freehold_core::metrics::Metrics;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_machine::Usage;
use freehold_store::{Document, Filter, StoreExt, TxExt};
use jiff::Timestamp;
use tokio::sync::watch;

use crate::Ec2;
use crate::catalogue::{self, InstanceType};
use crate::measure::credits::{self, Terms};
use crate::measure::{Sample, data};
use crate::model::{CpuCredits, Instance, InstanceState};

const MINUTE: i64 = 60;
/// Minutes of a period of basic monitoring, and of all that is told of credits.
const BASIC: i64 = 5;
/// Less tells of chance only. Time passes in leaps where tests move the clock.
const LEAST: Duration = Duration::from_millis(500);

pub struct MeasureInstances {
    ec2: Arc<Ec2>,
    metrics: Arc<dyn Metrics>,
    known: Mutex<HashMap<String, Known>>,
    /// Tells how often rows of instances have changed.
    rows: watch::Receiver<u64>,
    /// The state of the rows, and the minute, in which nothing was left to do.
    done: Mutex<Option<(u64, i64)>>,
}

/// An instance when it was looked at last.
#[derive(Clone)]
struct Known {
    usage: Usage,
    /// By a clock that nobody moves: shares of CPUs are of real time.
    at: Instant,
    /// By the region's clock, since the epoch.
    minute: i64,
    /// Of the period of five minutes.
    samples: Vec<Sample>,
}

impl MeasureInstances {
    pub fn new(ec2: Arc<Ec2>, metrics: Arc<dyn Metrics>) -> Self {
        let rows = ec2.store.watch(Instance::KIND);
        Self { ec2, metrics, known: Mutex::default(), rows, done: Mutex::default() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn minute(&self) -> i64 {
        self.ec2.now().as_second().div_euclid(MINUTE)
    }

    /// What is new since the last look, told where its period is over.
    async fn tell(
        &self,
        instance: &Instance,
        kind: &InstanceType,
        mut known: Known,
        minute: i64,
    ) -> Result<(), Failure> {
        let Some(usage) = self.ec2.driver.usage(&instance.id).await? else {
            // Ended, and not noticed yet.
            self.record(instance, data::status(instance, false, begin(known.minute)?));
            self.lock().remove(&instance.id);
            return Ok(());
        };
        let elapsed = known.at.elapsed();
        if elapsed < LEAST {
            return Ok(());
        }
        self.record(instance, data::status(instance, true, begin(known.minute)?));
        match Sample::between(&known.usage, &usage, elapsed, kind.vcpus) {
            Some(sample) => {
                if instance.monitoring {
                    self.record(instance, data::usage(instance, &[sample], begin(known.minute)?));
                }
                known.samples.push(sample);
            }
            // It was started again.
            None => known.samples.clear(),
        }
        let period = known.minute.div_euclid(BASIC);
        if minute.div_euclid(BASIC) != period {
            let at = begin(period * BASIC)?;
            if !instance.monitoring {
                self.record(instance, data::usage(instance, &known.samples, at));
            }
            self.settle_credits(instance, kind, &known.samples, at).await?;
            known.samples.clear();
        }
        self.lock().insert(instance.id.clone(), Known { usage, at: Instant::now(), minute, ..known });
        Ok(())
    }

    async fn settle_credits(
        &self,
        instance: &Instance,
        kind: &InstanceType,
        samples: &[Sample],
        at: Timestamp,
    ) -> Result<(), Failure> {
        let Some(terms) = Terms::of(kind, instance.cpu_credits.as_deref()) else { return Ok(()) };
        let used = samples.iter().map(|sample| sample.cpu.as_secs_f64()).sum::<f64>() / 60.0;
        let (id, account) = (instance.id.clone(), instance.account.clone());
        let credits = self
            .ec2
            .store
            .transact(move |tx| {
                let before = tx.get::<CpuCredits>(&id)?.unwrap_or_else(|| terms.begin(&id, &account, at));
                let credits = terms.settle(&before, BASIC as f64, used, at);
                tx.put(&credits)?;
                Ok::<_, freehold_store::Error>(credits)
            })
            .await?;
        self.record(instance, credits::data(&terms, &credits, used, at));
        Ok(())
    }

    fn record(&self, instance: &Instance, data: Vec<freehold_core::metrics::Datum>) {
        if !data.is_empty() {
            self.metrics.record(&instance.account, data);
        }
    }
}

fn begin(minute: i64) -> Result<Timestamp, jiff::Error> {
    Timestamp::from_second(minute.saturating_mul(MINUTE))
}

#[async_trait]
impl Reconciler for MeasureInstances {
    fn name(&self) -> &'static str {
        "ec2.measure"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(2)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let minute = self.minute();
        // Looked at every two seconds, and all but always in vain: the rows are read only when that may have changed.
        let now = (*self.rows.borrow(), minute);
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if *done == Some(now) {
            return Ok(Vec::new());
        }
        let mut running: Vec<Instance> = self.ec2.store.list(&Filter::all())?;
        running.retain(|instance| instance.state == InstanceState::Running);
        let mut known = self.lock();
        known.retain(|id, _| running.iter().any(|instance| instance.id == *id));
        let is_due = |instance: &Instance| known.get(&instance.id).is_none_or(|known| known.minute != minute);
        let due: Vec<String> = running.into_iter().filter(is_due).map(|instance| instance.id).collect();
        *done = due.is_empty().then_some(now);
        Ok(due)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let minute = self.minute();
        let running = self.ec2.store.get::<Instance>(key)?.filter(|instance| instance.state == InstanceState::Running);
        let Some(instance) = running else { return Ok(Next::Settled) };
        let Some(kind) = catalogue::find(&instance.instance_type) else { return Ok(Next::Settled) };
        let known = self.lock().get(key).cloned();
        match known {
            Some(known) => self.tell(&instance, &kind, known, minute).await?,
            None => {
                if let Some(usage) = self.ec2.driver.usage(key).await? {
                    let known = Known { usage, at: Instant::now(), minute, samples: Vec::new() };
                    self.lock().insert(key.to_owned(), known);
                }
            }
        }
        Ok(Next::Settled)
    }
}
