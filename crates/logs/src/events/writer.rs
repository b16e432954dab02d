//! The one thread that writes: whatever waits goes into one commit.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::apply::Applier;
use super::{Batch, Failure};

/// Jobs that may wait.
const WAITING: usize = 1_024;
/// Bytes of events that may wait: what comes faster than the disk takes it waits outside.
const BYTES: usize = 64 << 20;
/// Bytes of events in one commit.
const COMMIT_BYTES: usize = 8 << 20;

#[derive(Debug)]
pub(super) enum Job {
    Put(Batch),
    CreateStream { group: i64, name: String, at: i64 },
    DeleteStream { group: i64, name: String },
    DeleteGroup { group: i64 },
    Expire { group: i64, until: i64 },
    Sweep,
    Delivered(i64),
}

impl Job {
    fn bytes(&self) -> usize {
        match self {
            Self::Put(batch) => {
                let deliveries: usize = batch.deliveries.iter().map(|delivery| delivery.payload.len()).sum();
                (batch.bytes() + deliveries).min(BYTES)
            }
            _ => 0,
        }
    }
}

struct Order {
    job: Job,
    /// Given back when it is written.
    permit: OwnedSemaphorePermit,
    answer: oneshot::Sender<Result<bool, Failure>>,
}

pub(super) struct Writer {
    /// `None` once it is closed.
    orders: Mutex<Option<mpsc::Sender<Order>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    room: Arc<Semaphore>,
}

impl Writer {
    pub fn start(connection: Connection) -> Result<Self, Failure> {
        let (orders, waiting) = mpsc::channel(WAITING);
        let run = move || run(&mut Applier::new(connection), waiting);
        let thread = std::thread::Builder::new().name("logs".into()).spawn(run);
        let thread = thread.map_err(|error| Failure(error.to_string()))?;
        Ok(Self {
            orders: Mutex::new(Some(orders)),
            thread: Mutex::new(Some(thread)),
            room: Arc::new(Semaphore::new(BYTES)),
        })
    }

    /// Resolves when the job is on disk, with what it says.
    pub async fn order(&self, job: Job) -> Result<bool, Failure> {
        let bytes = u32::try_from(job.bytes()).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.room).acquire_many_owned(bytes).await.map_err(|_| ended())?;
        let (answer, answered) = oneshot::channel();
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(ended)?;
        orders.send(Order { job, permit, answer }).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
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

fn run(applier: &mut Applier, mut waiting: mpsc::Receiver<Order>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut bytes = first.permit.num_permits();
        let mut orders = vec![first];
        while bytes < COMMIT_BYTES
            && let Ok(order) = waiting.try_recv()
        {
            bytes += order.permit.num_permits();
            orders.push(order);
        }
        match applier.commit(orders.iter().map(|order| &order.job)) {
            Ok(outcomes) => {
                for (order, outcome) in orders.into_iter().zip(outcomes) {
                    let _ = order.answer.send(Ok(outcome));
                }
            }
            Err(error) => {
                tracing::error!(%error, "log events could not be written");
                let failure = Failure::from(error);
                for order in orders {
                    let _ = order.answer.send(Err(failure.clone()));
                }
            }
        }
    }
}
