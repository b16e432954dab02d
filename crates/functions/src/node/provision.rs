//! Environments that are kept warm because somebody pays for it.

use std::sync::Arc;

use super::pool::{Pool, Starting};
use crate::contract::{Credentials, Provision};
use crate::environment::INIT_TIMEOUT;
use crate::environment::exchange::Initialized;
use crate::logs::platform::Phase;
use crate::revisions::Unknown;

impl Pool {
    /// Notes the wish, and begins to fulfil it. New credentials are for environments that are made from now on; those that
    /// sign with old ones are replaced before these end.
    pub fn provision(self: &Arc<Self>, id: &str, provision: Provision) -> Result<(), Unknown> {
        self.parts.revisions.get(id)?;
        self.lock().entry(id.to_owned()).or_default().provision = (provision.wanted > 0).then_some(provision);
        self.keep_provisioned();
        Ok(())
    }

    /// Begins what is missing, and ends what is too many.
    pub fn keep_provisioned(self: &Arc<Self>) {
        let mut over = Vec::new();
        let mut begun = Vec::new();
        for (id, own) in self.lock().iter_mut() {
            let wanted = own.provision.as_ref().map_or(0, |provision| provision.wanted);
            while own.provisioned > wanted {
                let Some(surplus) = own.idle.iter().position(|one| one.is_provisioned) else { break };
                let environment = own.idle.remove(surplus);
                own.lose(&environment);
                over.push(environment);
            }
            let credentials = own.provision.as_ref().and_then(|provision| provision.credentials.clone());
            // After a failure one at a time, at the pace at which this is called.
            let most = if own.problem.is_some() { own.provisioned + 1 } else { wanted };
            while own.provisioned < wanted.min(most) {
                own.provisioned += 1;
                own.provisioned_starting += 1;
                begun.push((id.clone(), credentials.clone()));
            }
        }
        over.iter().for_each(|environment| environment.retire("spindown"));
        for (id, credentials) in begun {
            let pool = Arc::clone(self);
            tokio::spawn(async move { pool.make_provisioned(&id, credentials.as_ref()).await });
        }
    }

    async fn make_provisioned(self: &Arc<Self>, id: &str, credentials: Option<&Credentials>) {
        let made = {
            let _starting = Starting { pool: self, id, is_provisioned: true };
            self.try_provisioned(id, credentials).await
        };
        let mut revisions = self.lock();
        let Some(own) = revisions.get_mut(id) else { return };
        match made {
            Ok(environment) => {
                own.problem = None;
                drop(revisions);
                self.put(environment);
            }
            Err(problem) => {
                own.provisioned = own.provisioned.saturating_sub(1);
                own.problem = Some(problem);
            }
        }
    }

    async fn try_provisioned(
        self: &Arc<Self>,
        id: &str,
        credentials: Option<&Credentials>,
    ) -> Result<Arc<crate::environment::Environment>, String> {
        let loaded = self.parts.revisions.get(id).map_err(|error| error.to_string())?;
        let begun = self.begin(&loaded, credentials, true).await.map_err(|error| error.to_string())?;
        // *Developer Guide, Configuring provisioned concurrency*: as long as the function's timeout, at least the usual.
        let timeout = INIT_TIMEOUT.max(std::time::Duration::from_secs(loaded.revision.timeout_seconds.into()));
        let (_, outcome) = begun.initialize(Phase::Init, timeout).await;
        let problem = match outcome {
            Initialized::Ready => return Ok(begun.environment),
            Initialized::Error { error_type, .. } => error_type,
            Initialized::Fault(fault) => format!("{}: {}", fault.error_type(), fault.message()),
            Initialized::NotYet => "it was not initialized".into(),
        };
        begun.environment.end();
        Err(problem)
    }
}
