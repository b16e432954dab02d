//! Environments by revision: an invocation takes one that is warm, or makes another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use freehold_machine::sandbox::Sandboxes;

use super::stock::Stock;
use crate::contract::{Credentials, Provision, RevisionStatus};
use crate::endpoint::Endpoint;
use crate::environment::exchange::Initialized;
use crate::environment::{Answer, Begun, Birth, Cold, Environment, INIT_TIMEOUT, Invocation};
use crate::logs::Spool;
use crate::logs::platform::Phase;
use crate::revisions::{Loaded, Revisions, Unknown};

/// How often environments that nobody uses are looked for.
const SWEEP: Duration = Duration::from_secs(1);

pub struct Parts {
    pub stock: Stock,
    pub sandboxes: Sandboxes,
    pub revisions: Revisions,
    pub spool: Arc<Spool>,
    pub endpoint: Arc<Endpoint>,
    pub idle: Duration,
}

pub struct Pool {
    pub(super) parts: Parts,
    /// How long an environment is kept that nobody uses.
    idle: Mutex<Duration>,
    revisions: Mutex<HashMap<String, Environments>>,
}

/// Those of one revision.
#[derive(Default)]
pub(super) struct Environments {
    pub idle: Vec<Arc<Environment>>,
    pub starting: u32,
    pub busy: u32,
    pub provision: Option<Provision>,
    /// Started or being started as provisioned ones.
    pub provisioned: u32,
    /// Of those, being started.
    pub provisioned_starting: u32,
    pub provisioned_busy: u32,
    pub problem: Option<String>,
    /// Takes no more invocations.
    is_ending: bool,
}

/// Why an invocation is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Unknown(#[from] Unknown),
    #[error("the host cannot make another execution environment: {0}")]
    Host(#[from] freehold_machine::Error),
}

impl Pool {
    pub fn new(parts: Parts) -> Arc<Self> {
        let pool = Arc::new(Self { idle: Mutex::new(parts.idle), parts, revisions: Mutex::default() });
        let swept = Arc::downgrade(&pool);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                let Some(pool) = swept.upgrade() else { return };
                pool.sweep();
                pool.keep_provisioned();
            }
        });
        pool
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Environments>> {
        self.revisions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the function once. Goes on when nobody waits for it any more.
    pub async fn invoke(
        self: &Arc<Self>,
        id: &str,
        invocation: Invocation,
        credentials: Option<Credentials>,
    ) -> Result<Answer, Refused> {
        let loaded = self.parts.revisions.get(id)?;
        while let Some(environment) = self.take(id)? {
            let lease = Lease { pool: Arc::clone(self), environment };
            let environment = Arc::clone(&lease.environment);
            if environment.is_ready().await {
                return Ok(environment.invoke(&invocation, None, lease).await);
            }
        }
        self.invoke_cold(&loaded, &invocation, credentials.as_ref()).await
    }

    async fn invoke_cold(
        self: &Arc<Self>,
        loaded: &Arc<Loaded>,
        invocation: &Invocation,
        credentials: Option<&Credentials>,
    ) -> Result<Answer, Refused> {
        let starting = Starting { pool: self, id: &loaded.id, is_provisioned: false };
        let first = self.begin(loaded, credentials, false).await?;
        let (init_ms, outcome) = first.initialize(Phase::Init, INIT_TIMEOUT).await;
        if matches!(outcome, Initialized::Ready) {
            drop(starting);
            let lease = self.lease(first.environment);
            let environment = Arc::clone(&lease.environment);
            return Ok(environment.invoke(invocation, Some(Cold { init_ms }), lease).await);
        }
        first.environment.end();
        // *Developer Guide, Lambda execution environment lifecycle: Failures during the Init phase*: it is tried once more,
        // as part of the invocation and within its time.
        let second = self.begin(loaded, credentials, false).await?;
        let timeout = Duration::from_secs(loaded.revision.timeout_seconds.into());
        let (ms, outcome) = second.initialize(Phase::Invoke, timeout).await;
        drop(starting);
        if matches!(outcome, Initialized::Ready) {
            let lease = self.lease(second.environment);
            let environment = Arc::clone(&lease.environment);
            return Ok(environment.invoke(invocation, Some(Cold { init_ms: ms }), lease).await);
        }
        let answer = second.environment.refuse(invocation, outcome, ms);
        second.environment.end();
        Ok(answer)
    }

    pub(super) async fn begin(
        &self,
        loaded: &Arc<Loaded>,
        credentials: Option<&Credentials>,
        is_provisioned: bool,
    ) -> freehold_machine::Result<Begun> {
        let birth = Birth {
            loaded: Arc::clone(loaded),
            sandboxes: &self.parts.sandboxes,
            sandbox: self.parts.stock.take().await?,
            spool: Arc::clone(&self.parts.spool),
            endpoint: Arc::clone(&self.parts.endpoint),
            credentials,
            is_provisioned,
            usual_tmp_mib: super::USUAL_TMP_MIB,
        };
        birth.begin().await
    }

    /// The one that was used last, a provisioned one before others; `None` if another must be made, which is counted.
    fn take(&self, id: &str) -> Result<Option<Arc<Environment>>, Unknown> {
        let mut over = Vec::new();
        let mut revisions = self.lock();
        let own = revisions.entry(id.to_owned()).or_default();
        if own.is_ending {
            return Err(Unknown::Missing(id.to_owned()));
        }
        let found = loop {
            let best = own.idle.iter().rposition(|one| one.is_provisioned).or(own.idle.len().checked_sub(1));
            let Some(best) = best else { break None };
            let environment = own.idle.remove(best);
            if environment.is_usable() {
                break Some(environment);
            }
            own.lose(&environment);
            over.push(environment);
        };
        match &found {
            Some(environment) => own.begin(environment.is_provisioned),
            None => own.starting += 1,
        }
        drop(revisions);
        over.iter().for_each(|environment| environment.retire("spindown"));
        Ok(found)
    }

    /// One that has just been initialized is busy at once.
    fn lease(self: &Arc<Self>, environment: Arc<Environment>) -> Lease {
        self.lock().entry(environment.loaded.id.clone()).or_default().begin(environment.is_provisioned);
        Lease { pool: Arc::clone(self), environment }
    }

    /// Puts one that waits among those that do.
    pub(super) fn put(&self, environment: Arc<Environment>) {
        let mut revisions = self.lock();
        let own = revisions.entry(environment.loaded.id.clone()).or_default();
        if environment.is_usable() && !own.is_ending {
            own.idle.push(environment);
            return;
        }
        own.lose(&environment);
        drop(revisions);
        environment.retire("failure");
    }

    /// From now on, instead of what the node was started with.
    pub fn keep_idle(&self, idle: Duration) {
        *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = idle;
    }

    /// Ends what nobody used for long, or what is over.
    fn sweep(&self) {
        let mut over = Vec::new();
        let longest = *self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        for own in self.lock().values_mut() {
            let idle = std::mem::take(&mut own.idle);
            for environment in idle {
                let is_old = !environment.is_provisioned && environment.idle_for() >= longest;
                if is_old || !environment.is_usable() {
                    own.lose(&environment);
                    over.push(environment);
                } else {
                    own.idle.push(environment);
                }
            }
        }
        over.iter().for_each(|environment| environment.retire("spindown"));
    }

    /// Takes no more invocations and ends what waits. Whether nothing is left, so that its directory is gone too.
    pub fn remove(&self, id: &str) -> std::io::Result<bool> {
        let idle = {
            let mut revisions = self.lock();
            let own = revisions.entry(id.to_owned()).or_default();
            own.is_ending = true;
            own.provision = None;
            let idle = std::mem::take(&mut own.idle);
            if own.busy + own.starting + own.provisioned_starting > 0 {
                drop(revisions);
                idle.iter().for_each(|environment| environment.retire("spindown"));
                return Ok(false);
            }
            idle
        };
        idle.iter().for_each(|environment| environment.retire("spindown"));
        drop(idle);
        if crate::layout::is_revision_id(id) {
            match std::fs::remove_dir_all(self.parts.revisions.layout().revision(id)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.parts.revisions.forget(id);
        self.lock().remove(id);
        Ok(true)
    }

    pub fn end_all(&self) {
        self.parts.stock.clear();
        let all = std::mem::take(&mut *self.lock());
        all.values().flat_map(|own| &own.idle).for_each(|environment| environment.end());
    }

    pub fn status(&self) -> std::collections::BTreeMap<String, RevisionStatus> {
        let revisions = self.lock();
        let known = revisions.iter().filter(|(_, own)| own.is_known());
        known.map(|(id, own)| (id.clone(), own.status())).collect()
    }
}

impl Environments {
    fn begin(&mut self, is_provisioned: bool) {
        self.busy += 1;
        self.provisioned_busy += u32::from(is_provisioned);
    }

    /// One of them is no more.
    pub fn lose(&mut self, environment: &Environment) {
        if environment.is_provisioned {
            self.provisioned = self.provisioned.saturating_sub(1);
        }
    }

    fn is_known(&self) -> bool {
        !self.idle.is_empty() || self.starting + self.busy + self.provisioned > 0 || self.provision.is_some()
    }

    fn status(&self) -> RevisionStatus {
        RevisionStatus {
            starting: self.starting + self.provisioned_starting,
            idle: u32::try_from(self.idle.len()).unwrap_or(u32::MAX),
            busy: self.busy,
            wanted: self.provision.as_ref().map_or(0, |provision| provision.wanted),
            provisioned: self.provisioned.saturating_sub(self.provisioned_starting),
            provisioned_busy: self.provisioned_busy,
            problem: self.problem.clone(),
        }
    }
}

/// An environment in use. Dropped, it waits for the next invocation, or ends if it cannot.
pub struct Lease {
    pool: Arc<Pool>,
    environment: Arc<Environment>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        {
            let mut revisions = self.pool.lock();
            let own = revisions.entry(self.environment.loaded.id.clone()).or_default();
            own.busy = own.busy.saturating_sub(1);
            if self.environment.is_provisioned {
                own.provisioned_busy = own.provisioned_busy.saturating_sub(1);
            }
        }
        self.pool.put(Arc::clone(&self.environment));
    }
}

/// Counts one that is being started.
pub(super) struct Starting<'a> {
    pub pool: &'a Pool,
    pub id: &'a str,
    pub is_provisioned: bool,
}

impl Drop for Starting<'_> {
    fn drop(&mut self) {
        if let Some(own) = self.pool.lock().get_mut(self.id) {
            let count = if self.is_provisioned { &mut own.provisioned_starting } else { &mut own.starting };
            *count = count.saturating_sub(1);
        }
    }
}
