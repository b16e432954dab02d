//! An execution environment: a sandbox with a runtime in it, which is initialized once and then runs one invocation after
//! the other.
//!
//! ```text
//!   start ──▶ Starting ──next──▶ Waiting ──event──▶ Running ──response, error──▶ Finishing ──next──▶ Waiting
//!                 │                 │                  │                             │
//!                 └──init error, exit, time over───────┴─────────────▶ Over ◀────────┘
//! ```
//!
//! What the runtime asks for and answers comes through [`crate::api`]; what becomes of its process through the sandbox.
//! Both end in [`exchange::Exchange`], where whoever invokes waits.

mod birth;
pub mod exchange;
pub mod extensions;
mod fault;
mod invoke;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use freehold_machine::sandbox::Sandbox;
use tokio::task::AbortHandle;

use crate::contract::Credentials;
use crate::logs::platform::Line;
use crate::logs::{Pipe, Stream, now_ms};
use crate::revisions::Loaded;
use exchange::Exchange;
use extensions::Extensions;

pub use birth::{Begun, Birth, INIT_TIMEOUT};
pub use fault::Fault;
pub use invoke::{Answer, Body, Cold, Invocation, LARGEST_RESPONSE};

/// *Developer Guide, Lambda execution environment lifecycle: Shutdown phase*: with external extensions, and without.
const SHUTDOWN: Duration = Duration::from_secs(2);
const INTERNAL_SHUTDOWN: Duration = Duration::from_millis(500);

/// How long an environment goes on after it has nothing more to do. Whoever comes back at once finds it running; what a
/// handler left behind does not get far.
const GRACE: Duration = Duration::from_millis(10);

pub struct Environment {
    pub loaded: Arc<Loaded>,
    pub exchange: Exchange,
    pub extensions: Extensions,
    pub stream: Stream,
    /// Whether it is one of those kept warm.
    pub is_provisioned: bool,
    sandbox: Sandbox,
    pipes: Mutex<Vec<Arc<Pipe>>>,
    tasks: Mutex<Vec<AbortHandle>>,
    /// When its credentials end.
    expires_ms: Option<i64>,
    /// Milliseconds since 1970.
    last_used: AtomicU64,
    is_frozen: Mutex<bool>,
    /// Moves with everything that keeps it from being frozen.
    activity: AtomicU64,
    is_limited: AtomicBool,
    /// Whether ends of extensions are as they should be.
    is_ending: AtomicBool,
    max_memory_mib: AtomicU64,
}

impl Environment {
    fn new(
        loaded: Arc<Loaded>,
        sandbox: Sandbox,
        stream: Stream,
        keys: Option<&Credentials>,
        provisioned: bool,
    ) -> Self {
        Self {
            loaded,
            exchange: Exchange::default(),
            extensions: Extensions::default(),
            stream,
            is_provisioned: provisioned,
            sandbox,
            pipes: Mutex::default(),
            tasks: Mutex::default(),
            expires_ms: keys.map(|keys| keys.expires_ms),
            last_used: AtomicU64::new(now_ms().unsigned_abs()),
            is_frozen: Mutex::new(false),
            activity: AtomicU64::new(0),
            is_limited: AtomicBool::new(false),
            is_ending: AtomicBool::new(false),
            max_memory_mib: AtomicU64::new(0),
        }
    }

    fn log(&self, line: &Line<'_>) {
        if let Some(message) = line.message(&self.loaded.revision) {
            self.stream.platform(message);
        }
    }

    /// Writes down what its programs have written so far.
    fn drain(&self) {
        for pipe in self.pipes.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            pipe.drain(|events| self.stream.write(events));
        }
    }

    /// Whether it may be given another invocation.
    pub fn is_usable(&self) -> bool {
        let longest = i64::from(self.loaded.revision.timeout_seconds) * 1000;
        !self.exchange.is_over() && self.expires_ms.is_none_or(|expires| now_ms() + longest < expires)
    }

    pub fn idle_for(&self) -> Duration {
        let since = self.last_used.load(Ordering::Relaxed);
        Duration::from_millis(now_ms().unsigned_abs().saturating_sub(since))
    }

    /// Lets its processes go on, if they were stopped.
    fn thaw(&self) {
        self.activity.fetch_add(1, Ordering::Relaxed);
        self.last_used.store(now_ms().unsigned_abs(), Ordering::Relaxed);
        let mut is_frozen = self.is_frozen.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut *is_frozen)
            && let Err(error) = self.sandbox.freeze(false)
        {
            tracing::error!(%error, "an environment does not go on");
        }
    }

    /// Stops its processes in a moment, unless something comes up.
    pub fn settle(self: &Arc<Self>) {
        let (environment, seen) = (Arc::downgrade(self), self.activity.load(Ordering::Relaxed));
        tokio::spawn(async move {
            tokio::time::sleep(GRACE).await;
            let Some(environment) = environment.upgrade() else { return };
            let mut is_frozen = environment.is_frozen.lock().unwrap_or_else(PoisonError::into_inner);
            let is_quiet = environment.exchange.is_waiting() && environment.extensions.are_quiet();
            if environment.activity.load(Ordering::Relaxed) == seen && is_quiet && !*is_frozen {
                match environment.sandbox.freeze(true) {
                    Ok(()) => *is_frozen = true,
                    Err(error) => tracing::error!(%error, "an environment is not stopped"),
                }
            }
        });
    }

    /// Lets extensions finish what they do, where there are any that want to, and ends everything in it.
    pub fn retire(self: &Arc<Self>, reason: &'static str) {
        let moment = if self.loaded.extensions.is_empty() { INTERNAL_SHUTDOWN } else { SHUTDOWN };
        self.thaw();
        let deadline_ms = now_ms() + i64::try_from(moment.as_millis()).unwrap_or(0);
        self.is_ending.store(true, Ordering::Relaxed);
        if !self.extensions.shut_down(reason, deadline_ms) {
            return self.end();
        }
        let environment = Arc::clone(self);
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(moment) => {}
                () = environment.extensions.gone() => {}
            }
            environment.drain();
            environment.end();
        });
    }

    /// Ends everything in it.
    pub fn end(&self) {
        self.exchange.end();
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
        self.sandbox.kill();
    }

    fn keep(&self, task: AbortHandle) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// The most that was seen in use, in MiB.
    fn max_memory(&self) -> u32 {
        let now = self.sandbox.peak_bytes().div_ceil(1 << 20);
        let most = self.max_memory_mib.fetch_max(now, Ordering::Relaxed).max(now);
        u32::try_from(most).unwrap_or(u32::MAX).min(self.loaded.revision.memory_mib)
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.end();
    }
}
