//! The one thread that writes: whatever waits goes into one commit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::apply::Applier;
use super::{Failure, Measurement};

/// Orders that may wait.
const WAITING: usize = 1_024;
/// Numbers in orders that may wait: some ten megabytes, whatever is put.
const NUMBERS: u32 = 500_000;
/// Measurements in one commit.
const BATCH: usize = 20_000;
/// How long measurements that nobody waits for are gathered: those of one second and series become one point, which is
/// read and written once.
const GATHER: Duration = Duration::from_millis(250);

type Answer = oneshot::Sender<Result<(), Failure>>;

enum Order {
    /// The permit is given back when they are written.
    Write(Vec<Measurement>, OwnedSemaphorePermit, Option<Answer>),
    Retain(i64, oneshot::Sender<Result<bool, Failure>>),
}

pub(super) struct Writer {
    /// `None` once it is closed.
    orders: Mutex<Option<mpsc::Sender<Order>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    room: Arc<Semaphore>,
    lost: AtomicU64,
}

/// Numbers that measurements hold, at most all that may wait.
fn weight(measurements: &[Measurement]) -> u32 {
    let values = |one: &Measurement| one.aggregate.values.as_ref().map_or(0, |values| values.pairs().len());
    let numbers: usize = measurements.iter().map(|one| 4 + values(one)).sum();
    u32::try_from(numbers).unwrap_or(NUMBERS).min(NUMBERS)
}

impl Writer {
    pub fn start(connection: Connection) -> Result<Self, Failure> {
        let (orders, waiting) = mpsc::channel(WAITING);
        let run = move || run(&mut Applier::new(connection), waiting);
        let thread = std::thread::Builder::new().name("metrics".into()).spawn(run);
        let thread = thread.map_err(|error| Failure(error.to_string()))?;
        Ok(Self {
            orders: Mutex::new(Some(orders)),
            thread: Mutex::new(Some(thread)),
            room: Arc::new(Semaphore::new(NUMBERS as usize)),
            lost: AtomicU64::new(0),
        })
    }

    pub async fn write(&self, measurements: Vec<Measurement>) -> Result<(), Failure> {
        let (answer, answered) = oneshot::channel();
        let permit = Arc::clone(&self.room).acquire_many_owned(weight(&measurements)).await.map_err(|_| ended())?;
        self.order(Order::Write(measurements, permit, Some(answer))).await?;
        answered.await.map_err(|_| ended())?
    }

    pub fn write_soon(&self, measurements: Vec<Measurement>) {
        let count = measurements.len() as u64;
        let permit = Arc::clone(&self.room).try_acquire_many_owned(weight(&measurements)).ok();
        let taken = permit
            .zip(self.orders())
            .is_some_and(|(permit, orders)| orders.try_send(Order::Write(measurements, permit, None)).is_ok());
        if !taken {
            let lost = self.lost.fetch_add(count, Ordering::Relaxed) + count;
            // Once for each doubling: a log that is full of this helps nobody.
            if lost.is_power_of_two() || lost == count {
                tracing::warn!(lost, "measurements come faster than they can be written");
            }
        }
    }

    pub async fn retain(&self, now: i64) -> Result<bool, Failure> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Retain(now, answer)).await?;
        answered.await.map_err(|_| ended())?
    }

    async fn order(&self, order: Order) -> Result<(), Failure> {
        let orders = self.orders().ok_or_else(ended)?;
        orders.send(order).await.map_err(|_| ended())
    }

    fn orders(&self) -> Option<mpsc::Sender<Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes what was taken, and ends.
    pub fn close(&self) {
        drop(self.orders.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn ended() -> Failure {
    Failure("the writer has ended".into())
}

fn run(applier: &mut Applier, waiting: mpsc::Receiver<Order>) {
    match tokio::runtime::Builder::new_current_thread().enable_time().build() {
        Ok(runtime) => runtime.block_on(work(applier, waiting)),
        Err(error) => tracing::error!(%error, "measurements are not written"),
    }
}

async fn work(applier: &mut Applier, mut waiting: mpsc::Receiver<Order>) {
    let mut next = waiting.recv().await;
    while let Some(order) = next.take() {
        next = match order {
            Order::Write(measurements, permit, answer) => {
                let mut gathered =
                    Gathered { batch: measurements, permits: vec![permit], answers: Vec::from_iter(answer) };
                let next = gathered.gather(&mut waiting).await;
                gathered.write(applier);
                next
            }
            Order::Retain(now, answer) => {
                let _ = answer.send(applier.retain(now).map_err(Failure::from));
                None
            }
        };
        if next.is_none() {
            next = waiting.recv().await;
        }
    }
}

/// What goes into one commit.
struct Gathered {
    batch: Vec<Measurement>,
    permits: Vec<OwnedSemaphorePermit>,
    answers: Vec<Answer>,
}

impl Gathered {
    /// Takes what waits, and what comes within a moment as long as nobody waits for an answer. The order that has to be
    /// carried out on its own, if one came.
    async fn gather(&mut self, waiting: &mut mpsc::Receiver<Order>) -> Option<Order> {
        let until = tokio::time::Instant::now() + GATHER;
        while self.batch.len() < BATCH {
            let order = if self.answers.is_empty() {
                tokio::time::timeout_at(until, waiting.recv()).await.ok().flatten()
            } else {
                waiting.try_recv().ok()
            };
            match order {
                Some(Order::Write(measurements, permit, answer)) => {
                    self.batch.extend(measurements);
                    self.permits.push(permit);
                    self.answers.extend(answer);
                }
                other => return other,
            }
        }
        None
    }

    fn write(self, applier: &mut Applier) {
        let outcome = applier.write(&self.batch).map_err(Failure::from);
        if let Err(error) = &outcome {
            tracing::error!(%error, "measurements could not be written");
        }
        drop((self.batch, self.permits));
        for answer in self.answers {
            let _ = answer.send(outcome.clone());
        }
    }
}
