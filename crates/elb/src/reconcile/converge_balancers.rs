//! `elb.balancers`: every balancer has its interfaces and a node that serves what its rows say; what is deleted is taken
//! back. What this process has brought about is remembered, so that a change of a row that concerns no node costs a
//! comparison only; it may be forgotten at any time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use freehold_balancer::config::{Config, Kind};
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_machine::node::{NodeSpec, NodeState};
use freehold_store::{Filter, StoreExt, TxExt};

use super::gateways::Gateways;
use super::interfaces::{Held, Interfaces};
use super::{Tools, collect_logs, node, wanted};
use crate::Elb;
use crate::model::{LoadBalancer, State};

/// What runs is looked at anew this often, whatever is remembered of it.
const DISTRUST: Duration = Duration::from_secs(30);
/// A node that has just been told something answers within moments.
const MOMENT: Duration = Duration::from_millis(50);
/// A VPC is made by its own reconciler.
const A_WHILE: Duration = Duration::from_millis(100);

pub struct ConvergeBalancers {
    elb: Arc<Elb>,
    tools: Tools,
    settled: Mutex<HashMap<String, Settled>>,
    gateways: Gateways,
}

/// What a balancer was when all was well.
struct Settled {
    balancer: LoadBalancer,
    config: Config,
    exits: u64,
    at: Instant,
}

impl ConvergeBalancers {
    pub fn new(elb: Arc<Elb>, tools: Tools) -> Self {
        Self { elb, tools, settled: Mutex::default(), gateways: Gateways::default() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Settled>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn config(&self, balancer: &LoadBalancer) -> Result<Config, Failure> {
        let certificates = self.tools.certificates.as_ref();
        let mut config = wanted::config(&self.elb, balancer, certificates, &self.tools.buckets)?;
        collect_logs::keep_at_home(&mut config);
        Ok(config)
    }

    fn is_settled(&self, balancer: &LoadBalancer) -> Result<bool, Failure> {
        let exits = *self.tools.driver.exits().borrow();
        let known = self.lock().get(&balancer.arn).is_some_and(|settled| {
            settled.balancer == *balancer && settled.exits == exits && settled.at.elapsed() < DISTRUST
        });
        if !known {
            return Ok(false);
        }
        let config = self.config(balancer)?;
        Ok(self.lock().get(&balancer.arn).is_some_and(|settled| settled.config == config))
    }

    /// Takes back all that was made for a deleted balancer, the row last.
    async fn remove(&self, balancer: &LoadBalancer) -> Result<Next, Failure> {
        self.lock().remove(&balancer.arn);
        self.gateways.close(balancer);
        collect_logs::collect_last(&self.elb, &self.tools, balancer).await?;
        self.tools.driver.destroy(&balancer.id).await?;
        let interfaces = Interfaces::new(&self.elb.local, balancer);
        for held in interfaces.list().await? {
            interfaces.delete(&held.id).await?;
        }
        let arn = balancer.arn.clone();
        self.elb.store.transact(move |tx| tx.delete::<LoadBalancer>(&arn)).await?;
        Ok(Next::Settled)
    }

    /// One interface in the subnet of each zone, as it should be, and no others. `None`: something was changed, and is
    /// to be looked at again.
    async fn interfaces(&self, balancer: &LoadBalancer) -> Result<Option<Vec<Held>>, Failure> {
        let interfaces = Interfaces::new(&self.elb.local, balancer);
        let held = interfaces.list().await?;
        let mut is_new = false;
        for zone in &balancer.zones {
            match held.iter().find(|held| held.subnet == zone.subnet) {
                Some(held) => is_new |= interfaces.adjust(zone, held).await?,
                None => {
                    interfaces.create(zone).await?;
                    is_new = true;
                }
            }
        }
        Ok((!is_new).then_some(held))
    }

    /// Writes down which addresses the balancer has; tells whether that was news.
    async fn note_addresses(&self, balancer: &LoadBalancer, held: &[Held]) -> Result<bool, Failure> {
        let mut found = balancer.zones.clone();
        for zone in &mut found {
            let held = held.iter().find(|held| held.subnet == zone.subnet);
            zone.interface = held.map(|held| held.id.clone());
            zone.private_address = held.map(|held| held.private);
            zone.public_address = held.and_then(|held| held.public);
        }
        if found == balancer.zones {
            return Ok(false);
        }
        let old = balancer.clone();
        self.elb
            .store
            .transact(move |tx| {
                // Zones that were changed meanwhile are looked at again.
                let Some(mut balancer) = tx.get::<LoadBalancer>(&old.arn)?.filter(|it| it.zones == old.zones) else {
                    return Ok(());
                };
                balancer.zones = found;
                tx.put(&balancer)
            })
            .await?;
        Ok(true)
    }

    /// The node with these interfaces and this configuration; what became of it, once that is known.
    async fn serve(
        &self,
        balancer: &LoadBalancer,
        held: &[Held],
        config: Config,
    ) -> Result<Option<(State, String)>, Failure> {
        let driver = self.tools.driver.as_ref();
        if !driver.runs() {
            return Ok(Some((State::Active, String::new())));
        }
        let interfaces = Interfaces::new(&self.elb.local, balancer).on_host(held).await?;
        let revision = node::tell(driver, &balancer.id, config).await?;
        self.gateways.open(&self.elb, driver, balancer).await?;
        let relays = balancer.kind == Kind::Network;
        let spec = NodeSpec { id: balancer.id.clone(), interfaces, relays };
        match driver.ensure(&spec).await? {
            NodeState::Running { pid } => Ok(node::state(node::status(driver, &balancer.id).as_ref(), pid, revision)),
            NodeState::Waiting | NodeState::Absent | NodeState::Dead => Ok(None),
        }
    }

    /// Takes back interfaces in subnets that the balancer has left: its node does not hold them any more.
    async fn leave(&self, balancer: &LoadBalancer, held: &[Held]) -> Result<(), Failure> {
        let is_left = |held: &&Held| balancer.zones.iter().all(|zone| zone.subnet != held.subnet);
        for gone in held.iter().filter(is_left) {
            Interfaces::new(&self.elb.local, balancer).delete(&gone.id).await?;
        }
        Ok(())
    }

    async fn note_state(&self, balancer: &LoadBalancer, state: State, reason: String) -> Result<bool, Failure> {
        if balancer.state == state && balancer.state_reason == reason {
            return Ok(false);
        }
        let arn = balancer.arn.clone();
        self.elb
            .store
            .transact(move |tx| {
                let Some(mut balancer) = tx.get::<LoadBalancer>(&arn)? else { return Ok(()) };
                (balancer.state, balancer.state_reason) = (state, reason);
                tx.put(&balancer)
            })
            .await?;
        Ok(true)
    }
}

#[async_trait]
impl Reconciler for ConvergeBalancers {
    fn name(&self) -> &'static str {
        "elb.balancers"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut pending = Vec::new();
        let all: Vec<LoadBalancer> = self.elb.store.list(&Filter::all())?;
        for balancer in &all {
            if balancer.deleted || !self.is_settled(balancer)? {
                pending.push(balancer.arn.clone());
            }
        }
        // Nodes without a row: of what was deleted by a state that is gone, or that was never written.
        for id in self.tools.driver.list().await? {
            if all.iter().all(|balancer| balancer.id != id) {
                pending.push(id);
            }
        }
        Ok(pending)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let exits = *self.tools.driver.exits().borrow();
        let Some(balancer) = self.elb.store.get::<LoadBalancer>(key)? else {
            if !key.contains(':') {
                self.tools.driver.destroy(key).await?;
            }
            return Ok(Next::Settled);
        };
        if balancer.deleted {
            return self.remove(&balancer).await;
        }
        let Some(held) = self.interfaces(&balancer).await? else { return Ok(Next::Again) };
        if self.note_addresses(&balancer, &held).await? {
            return Ok(Next::Again);
        }
        let config = self.config(&balancer)?;
        let Some((state, reason)) = self.serve(&balancer, &held, config.clone()).await? else {
            return Ok(Next::After(if balancer.state == State::Provisioning { MOMENT } else { A_WHILE }));
        };
        self.leave(&balancer, &held).await?;
        if self.note_state(&balancer, state, reason).await? {
            return Ok(Next::Again);
        }
        self.lock().insert(balancer.arn.clone(), Settled { balancer, config, exits, at: Instant::now() });
        Ok(Next::Settled)
    }
}
