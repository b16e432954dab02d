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
mod retire;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use freehold_machine::sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::contract::{Credentials, Used};
use crate::logs::platform::Line;
use crate::logs::{Event, Pipe, Stream, iso, now_ms};
use crate::revisions::Loaded;
use crate::spec::LogFormat;
use crate::telemetry::{self, Kind, Subscription, Telemetry};
use exchange::Exchange;
use extensions::Extensions;

pub use birth::{Begun, Birth, INIT_TIMEOUT};
pub use fault::Fault;
pub use invoke::{Answer, Body, Cold, Invocation, LARGEST_RESPONSE};

/// What a runtime may take between its answer and asking for the next event.
const TURN: Duration = Duration::from_secs(1);

/// How long an environment goes on after it has nothing more to do. Whoever comes back at once finds it running; what a
/// handler left behind does not get far.
const GRACE: Duration = Duration::from_millis(10);

/// How often its memory is looked at after short runs: that costs more than many a handler. What one takes that is over
/// within [`SHORT`] may be told only with one that follows; it cannot be much.
const LOOK: Duration = Duration::from_millis(250);
const SHORT: Duration = Duration::from_millis(10);

pub struct Environment {
    pub loaded: Arc<Loaded>,
    pub exchange: Exchange,
    pub extensions: Extensions,
    pub stream: Stream,
    pub telemetry: Telemetry,
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
    /// Whether the runtime's process has ended.
    is_runtime_gone: watch::Sender<bool>,
    max_memory_mib: AtomicU64,
    /// When that was looked at; milliseconds since 1970.
    looked_at: AtomicU64,
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
            telemetry: Telemetry::default(),
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
            is_runtime_gone: watch::Sender::new(false),
            max_memory_mib: AtomicU64::new(0),
            looked_at: AtomicU64::new(0),
        }
    }

    /// Writes down what the platform has to say, and tells those who want to know.
    pub fn log(&self, line: &Line<'_>) {
        self.log_all(std::slice::from_ref(line), None);
    }

    /// Writes down several lines at once, and what was used, for the bill.
    fn log_all(&self, lines: &[Line<'_>], used: Option<Used>) {
        let revision = &self.loaded.revision;
        for line in lines {
            self.telemetry.publish(Kind::Platform, || line.event(revision));
        }
        self.stream.platform(lines.iter().filter_map(|line| line.message(revision)), used);
    }

    /// Writes down what its programs have written so far.
    fn drain(&self) {
        for pipe in self.pipes.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            pipe.drain(|events| self.write(pipe.kind, events));
        }
    }

    /// Writes down what a program has written.
    fn write(&self, kind: Kind, events: Vec<Event>) {
        let is_json = self.loaded.revision.logging.format == LogFormat::Json;
        for event in &events {
            self.telemetry.publish(kind, || {
                let parsed = is_json.then(|| serde_json::from_str::<Value>(&event.message).ok()).flatten();
                // What is JSON stays so (*Developer Guide, Telemetry API event schema: function*).
                let record = parsed.filter(Value::is_object).unwrap_or_else(|| json!(event.message));
                Some(json!({"time": iso(event.timestamp_ms), "type": kind.name(), "record": record}))
            });
        }
        self.stream.write(events);
    }

    /// Subscribes an extension to telemetry, unless it is too late.
    pub fn subscribe(self: &Arc<Self>, name: &str, subscription: Subscription) -> bool {
        let kinds: Vec<&str> = subscription.kinds.iter().map(|kind| kind.name()).collect();
        let Some((subscription, buffer)) = self.telemetry.subscribe(name, subscription) else { return false };
        self.log(&Line::Subscription { name, types: &kinds });
        let courier = telemetry::courier(Arc::downgrade(self), subscription, buffer);
        self.keep(tokio::spawn(courier).abort_handle());
        true
    }

    /// A connection to a port of the sandbox's loopback. Blocks a moment.
    pub fn connect(&self, port: u16) -> freehold_machine::Result<std::net::TcpStream> {
        self.sandbox.connect(port)
    }

    /// Whether it may be given another invocation.
    pub fn is_usable(&self) -> bool {
        let longest = i64::from(self.loaded.revision.timeout_seconds) * 1000;
        !self.exchange.is_over() && self.expires_ms.is_none_or(|expires| now_ms() + longest < expires)
    }

    /// Whether its runtime asks for the next event. One that has answered does so at once, or ends; one that does neither
    /// is ended here.
    pub async fn is_ready(&self) -> bool {
        let is_ready = tokio::time::timeout(TURN, self.exchange.ready()).await == Ok(true);
        if !is_ready {
            self.exchange.end();
        }
        is_ready
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

    /// The most that was seen in use, in MiB, after a run of this length.
    fn max_memory(&self, after: Duration) -> u32 {
        let now = now_ms().unsigned_abs();
        let is_due = now.saturating_sub(self.looked_at.load(Ordering::Relaxed)) >= LOOK.as_millis() as u64;
        if is_due || after > SHORT {
            self.looked_at.store(now, Ordering::Relaxed);
            self.max_memory_mib.fetch_max(self.sandbox.peak_bytes().div_ceil(1 << 20), Ordering::Relaxed);
        }
        let most = self.max_memory_mib.load(Ordering::Relaxed);
        u32::try_from(most).unwrap_or(u32::MAX).min(self.loaded.revision.memory_mib)
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.end();
    }
}
