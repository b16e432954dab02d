//! How an environment ends in peace (*Developer Guide, Lambda execution environment lifecycle: Shutdown phase*). Without
//! extensions it is killed at once. With some the runtime gets SIGTERM and a moment, then external extensions get their event
//! and what is left of the time, and what is still there after that is killed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::birth::RUNTIME;
use super::extensions::Registered;
use super::{Environment, Fault};
use crate::logs::now_ms;

/// All of it, where there are external extensions.
const SHUTDOWN: Duration = Duration::from_secs(2);
/// Of that the runtime's; and with extensions inside of the runtime, which are all that is shut down if there are no others.
const RUNTIME_SHUTDOWN: Duration = Duration::from_millis(300);
const INTERNAL_SHUTDOWN: Duration = Duration::from_millis(500);

/// How long the runtime may take after SIGTERM, and everything.
fn moments(registered: Registered) -> Option<(Duration, Duration)> {
    match registered {
        Registered { external: false, internal: false } => None,
        Registered { external: false, internal: true } => Some((INTERNAL_SHUTDOWN, INTERNAL_SHUTDOWN)),
        Registered { external: true, internal: true } => Some((INTERNAL_SHUTDOWN, SHUTDOWN)),
        Registered { external: true, internal: false } => Some((RUNTIME_SHUTDOWN, SHUTDOWN)),
    }
}

impl Environment {
    /// Lets runtime and extensions finish what they do, where there are extensions, and ends everything in it. `reason` is
    /// what they are told, unless the environment is over for a reason of its own.
    pub fn retire(self: &Arc<Self>, reason: &'static str) {
        let Some((runtime, all)) = moments(self.extensions.registered_kinds()) else { return self.end() };
        let reason = match self.exchange.fault() {
            Some(Fault::TimedOut { .. }) => "timeout",
            Some(_) => "failure",
            None => reason,
        };
        self.thaw();
        self.is_ending.store(true, Ordering::Relaxed);
        let environment = Arc::clone(self);
        tokio::spawn(async move {
            let until = tokio::time::Instant::now() + all;
            let deadline_ms = now_ms() + i64::try_from(all.as_millis()).unwrap_or(0);
            environment.end_runtime(runtime).await;
            environment.telemetry.flush();
            if environment.extensions.shut_down(reason, deadline_ms) {
                let _ = tokio::time::timeout_at(until, environment.extensions.gone()).await;
            }
            environment.drain();
            environment.end();
        });
    }

    /// SIGTERM, and SIGKILL to what does not heed it.
    async fn end_runtime(&self, moment: Duration) {
        let mut gone = self.is_runtime_gone.subscribe();
        self.sandbox.signal(RUNTIME, false);
        if tokio::time::timeout(moment, gone.wait_for(|gone| *gone)).await.is_err() {
            self.sandbox.signal(RUNTIME, true);
        }
        self.drain();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_time_for_whoever_registered() {
        let moments = |external, internal| moments(Registered { external, internal });
        assert_eq!(moments(false, false), None);
        assert_eq!(moments(false, true), Some((INTERNAL_SHUTDOWN, INTERNAL_SHUTDOWN)));
        assert_eq!(moments(true, false), Some((RUNTIME_SHUTDOWN, SHUTDOWN)));
        assert_eq!(moments(true, true), Some((INTERNAL_SHUTDOWN, SHUTDOWN)));
    }
}
