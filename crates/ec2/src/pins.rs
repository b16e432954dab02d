//! Keeps machines on the cores that they may run on. Whoever holds cores ([`freehold_machine::capacity::Cores`]) has them
//! alone: before a machine starts, all others are moved away from cores that they may not use any more, and a machine that
//! runs is only told of as running when it is where it belongs.

use std::collections::HashMap;
use std::sync::Arc;

use freehold_machine::capacity::Cores;
use freehold_machine::{DriverKind, Error as MachineError};
use freehold_store::{Filter, StoreExt};
use tokio::sync::Mutex;

use crate::errors::Result;
use crate::model::{Instance, InstanceState};
use crate::{Ec2, Error};

/// What was done already. It is found out anew by doing it again, which changes nothing.
#[derive(Debug, Default)]
pub struct Pins(Mutex<Done>);

#[derive(Debug, Default)]
struct Done {
    /// The division of cores that all machines follow.
    settled: Option<Cores>,
    /// Where everything is that is no machine, as far as it was there.
    rest: Option<Vec<u32>>,
    by_machine: HashMap<String, Vec<u32>>,
}

impl Ec2 {
    /// Whether something may be on cores that have become others'. As long as any are held somebody may start something.
    pub(crate) async fn is_unsettled(&self) -> bool {
        if self.driver.kind() == DriverKind::None {
            return false;
        }
        let (cores, done) = (self.ledger.cores(), self.pins.0.lock().await);
        let shared = cores.shared();
        !shared.is_empty() || done.rest != Some(shared) || done.settled != Some(cores)
    }

    /// Keeps what is no machine away from cores that are held.
    pub(crate) async fn confine_rest(&self) -> Result<(), MachineError> {
        let shared = self.ledger.cores().shared();
        self.driver.confine_rest(&shared).await?;
        self.pins.0.lock().await.rest = Some(shared);
        Ok(())
    }

    /// Moves every machine to where it may run, if the cores were divided anew.
    pub(crate) async fn settle_cores(self: &Arc<Self>) -> Result<(), freehold_core::reconcile::Failure> {
        if self.driver.kind() == DriverKind::None {
            return Ok(());
        }
        // Held to the end: whoever is about to start a machine waits until it would find its cores empty.
        let mut done = self.pins.0.lock().await;
        let division = self.ledger.cores();
        if done.settled.as_ref() == Some(&division) {
            return Ok(());
        }
        let machines = with_machines(self)?;
        done.by_machine.retain(|id, _| machines.contains(id));
        // First those that must leave, and then those that may come.
        let mut moves: Vec<(String, Vec<u32>)> =
            machines.into_iter().map(|id| (id.clone(), self.ledger.cpus_for(&id))).collect();
        let shared = division.shared();
        moves.sort_by_key(|(_, cpus)| *cpus != shared);
        let mut failed = None;
        for (id, cpus) in moves {
            if done.by_machine.get(&id) == Some(&cpus) {
                continue;
            }
            if let Err(error) = self.pin_now(&mut done, &id, cpus).await {
                tracing::warn!(instance = id, %error, "a machine cannot be moved to other cores");
                failed = Some(error);
            }
        }
        match failed {
            // Nobody holds any, so that nobody waits for it.
            Some(_) if shared.is_empty() => Ok(()),
            Some(error) => Err(error.into()),
            None => {
                done.settled = Some(division);
                Ok(())
            }
        }
    }

    /// Puts this machine where it may run, whatever was done before.
    pub(crate) async fn pin(&self, id: &str) -> Result<(), MachineError> {
        if self.driver.kind() == DriverKind::None {
            return Ok(());
        }
        let mut done = self.pins.0.lock().await;
        let cpus = self.ledger.cpus_for(id);
        self.pin_now(&mut done, id, cpus).await
    }

    async fn pin_now(&self, done: &mut Done, id: &str, cpus: Vec<u32>) -> Result<(), MachineError> {
        match self.driver.pin(id, &cpus).await {
            Ok(()) => {
                done.by_machine.insert(id.to_owned(), cpus);
                Ok(())
            }
            // Where nothing is made yet nothing runs, and it is asked again before it does.
            Err(MachineError::NoMachine(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Instances that may have a machine that runs.
fn with_machines(ec2: &Ec2) -> Result<Vec<String>, Error> {
    use InstanceState::{Pending, Running, ShuttingDown, Stopping};
    let states = [Pending, Running, Stopping, ShuttingDown].map(InstanceState::name);
    let mut ids = Vec::new();
    for work in states.into_iter().chain([Instance::REBOOTING, Instance::REWIRING]) {
        let instances: Vec<Instance> = ec2.store.list(&Filter::index(2, work))?;
        ids.extend(instances.into_iter().map(|instance| instance.id));
    }
    Ok(ids)
}
