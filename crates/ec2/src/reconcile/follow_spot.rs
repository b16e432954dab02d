//! `ec2.spot`: Spot requests follow their instances, and open ones get an instance as soon as there can be one. What is
//! next is decided by [`plan`]; here it is done.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::events::{EventSink, Unheard};
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::{SignedDuration, Timestamp};

use crate::errors::{Error, Result};
use crate::launch::{self, Order};
use crate::metering::put_instance;
use crate::model::{
    Cause, Event, Hold, Instance, InstanceState, InterruptionBehavior, SpotEvent, SpotRequest, SpotState, Told,
};
use crate::spot::market::Market;
use crate::spot::plan::{AFTERMATH, Step, next};
use crate::spot::price::Price;
use crate::spot::reclaim::moment;
use crate::spot::warnings;
use crate::{Ec2, catalogue, new_id};

/// A guest whose room is taken back may finish what it does for so long.
const GRACE_TO_TERMINATE: SignedDuration = SignedDuration::from_secs(10);
const GRACE_TO_STOP: SignedDuration = SignedDuration::from_secs(60);
/// How soon to look whether there is room, where nothing tells that there is.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

pub struct FollowSpot {
    ec2: Arc<Ec2>,
    events: Arc<dyn EventSink>,
}

impl FollowSpot {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2, events: Arc::new(Unheard) }
    }

    /// Tells `events` of what instances are told.
    pub fn telling(mut self, events: Arc<dyn EventSink>) -> Self {
        self.events = events;
        self
    }

    fn instance(&self, request: &SpotRequest) -> Result<Option<Instance>> {
        Ok(request.instance.as_ref().map(|id| self.ec2.store.get::<Instance>(id)).transpose()?.flatten())
    }

    /// Tells what is to be told of the instance, and notes that it was. One that is killed between both tells it again.
    async fn warn(&self, instance: &Instance, news: Told) -> Result<Next, Failure> {
        let now = self.ec2.now();
        for event in warnings::of(instance, news, now) {
            self.events.tell(event);
        }
        let id = instance.id.clone();
        self.ec2
            .store
            .transact::<_, Error, _>(move |tx| {
                let Some(mut instance) = tx.get::<Instance>(&id)? else { return Ok(()) };
                if let Some(terms) = &mut instance.spot {
                    terms.told.rebalance |= news.rebalance;
                    terms.told.interruption |= news.interruption;
                    tx.put(&instance)?;
                }
                Ok(())
            })
            .await?;
        Ok(Next::Again)
    }

    /// Changes the request and its instance, if the step is still the one to be done.
    async fn change(
        &self,
        key: &str,
        step: Step,
        change: impl FnOnce(&Ec2, &mut dyn Tx, &mut SpotRequest, Option<Instance>) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let (key, ec2, now) = (key.to_owned(), Arc::clone(&self.ec2), self.ec2.now());
        self.ec2
            .store
            .transact(move |tx| {
                let Some(before) = tx.get::<SpotRequest>(&key)? else { return Ok(()) };
                let instance = before.instance.as_ref().map(|id| tx.get::<Instance>(id)).transpose()?.flatten();
                let price = price(&Market::read(tx)?, &before, now);
                if next(&before, instance.as_ref(), price, now) != step {
                    return Ok(());
                }
                let mut request = before.clone();
                change(&ec2, tx, &mut request, instance)?;
                if request != before {
                    tx.put(&request)?;
                }
                Ok(())
            })
            .await
    }

    async fn tell(&self, key: &str, step: Step, event: SpotEvent) -> Result<Next, Failure> {
        let now = self.ec2.now();
        self.change(key, step, move |_, _, request, _| {
            tell(request, event, now);
            Ok(())
        })
        .await?;
        Ok(Next::Again)
    }

    async fn interrupt(&self, key: &str, step: Step, behavior: InterruptionBehavior) -> Result<Next, Failure> {
        let now = self.ec2.now();
        self.change(key, step, move |_, tx, _, instance| {
            let Some(before) = instance else { return Ok(()) };
            let mut instance = before.clone();
            if instance.apply(Event::Interrupted(behavior), now).is_ok() {
                let grace = match behavior {
                    InterruptionBehavior::Terminate => GRACE_TO_TERMINATE,
                    InterruptionBehavior::Stop => GRACE_TO_STOP,
                };
                instance.halt_deadline = now.checked_add(grace).ok();
                put_instance(tx, &before, &instance, now)?;
            }
            Ok(())
        })
        .await?;
        Ok(Next::Again)
    }

    async fn outbid(&self, key: &str, step: Step) -> Result<Next, Failure> {
        let now = self.ec2.now();
        self.change(key, step, move |_, tx, request, instance| {
            let Some(mut instance) = instance else { return Ok(()) };
            if let Some(terms) = &mut instance.spot {
                terms.interrupt_at(moment(now), Cause::Price, now);
                request.apply(SpotEvent::Marked(terms.behavior), now);
                tx.put(&instance)?;
            }
            Ok(())
        })
        .await?;
        Ok(Next::Again)
    }

    async fn launch(&self, request: &SpotRequest) -> Result<Next, Failure> {
        let found = launch::surroundings(&self.ec2, &request.account, &request.launch).await;
        let surroundings = match found {
            Ok(surroundings) => surroundings,
            Err(error) => return self.refused(request, Step::Launch, error).await,
        };
        let (ids, now) = (vec![new_id("i")], self.ec2.now());
        let id = ids[0].clone();
        let made = self.change(&request.id, Step::Launch, move |ec2, tx, request, _| {
            let (account, parameters) = (request.account.clone(), request.launch.clone());
            let (token, template) = (request.id.clone(), request.template.clone());
            let order = Order {
                account: &account,
                reservation: &new_id("r"),
                client_token: &token,
                parameters: &parameters,
                template: template.as_ref(),
                surroundings,
                ids: &ids,
                min: 1,
                dry_run: None,
            };
            launch::place_for(ec2, tx, order, request)?;
            tell(request, SpotEvent::Fulfilled, now);
            Ok(())
        });
        match made.await {
            Ok(()) => Ok(Next::Again),
            Err(error) => {
                self.ec2.ledger.release(&id);
                self.refused(request, Step::Launch, error).await
            }
        }
    }

    async fn restart(&self, request: &SpotRequest) -> Result<Next, Failure> {
        let now = self.ec2.now();
        let started = self.change(&request.id, Step::Restart, move |ec2, tx, request, instance| {
            let Some(mut instance) = instance else { return Ok(()) };
            if instance.apply(Event::Start, now).is_ok() && instance.state == InstanceState::Pending {
                launch::begin_start(ec2, tx, &mut instance)?;
                tx.put(&instance)?;
                tell(request, SpotEvent::Fulfilled, now);
            }
            Ok(())
        });
        match started.await {
            Ok(()) => Ok(Next::Again),
            Err(error) => {
                if let Some(id) = &request.instance {
                    launch::give_back(&self.ec2, id)?;
                }
                self.refused(request, Step::Restart, error).await
            }
        }
    }

    /// There is no room now, or never will be such an instance.
    async fn refused(&self, request: &SpotRequest, step: Step, error: Error) -> Result<Next, Failure> {
        let now = self.ec2.now();
        if is_no_room(&error) {
            self.change(&request.id, step, move |_, _, request, _| {
                tell(request, SpotEvent::Held(Hold::Capacity), now);
                Ok(())
            })
            .await?;
            return Ok(Next::After(LOOK_AGAIN));
        }
        if error.status() >= 500 || step == Step::Restart {
            return Err(error.into());
        }
        self.change(&request.id, step, move |_, _, request, _| {
            request.fault = Some((error.code().to_owned(), error.to_string()));
            tell(request, SpotEvent::Refused, now);
            Ok(())
        })
        .await?;
        Ok(Next::Again)
    }

    async fn forget(&self, key: &str) -> Result<Next, Failure> {
        let key = key.to_owned();
        self.ec2.store.transact(move |tx| Ok::<_, Error>(tx.delete::<SpotRequest>(&key).map(drop)?)).await?;
        Ok(Next::Settled)
    }
}

/// What an instance for the request costs.
fn price(market: &Market, request: &SpotRequest, now: Timestamp) -> Option<Price> {
    let kind = request.launch.instance_type.as_deref().unwrap_or(launch::DEFAULT_TYPE);
    market.price(&catalogue::find(kind)?, now)
}

/// Notes what happened, and what goes with it.
fn tell(request: &mut SpotRequest, event: SpotEvent, now: Timestamp) {
    let before = request.state;
    if !request.apply(event, now) {
        return;
    }
    request.held_until = None;
    if request.state == SpotState::Open && before != SpotState::Open {
        let is_taken = matches!(event, SpotEvent::Ended(by) | SpotEvent::Stopped(by) if by.is_interruption());
        request.held_until = is_taken.then(|| now.saturating_add(AFTERMATH).unwrap_or(Timestamp::MAX));
    }
    // The next instance is another one.
    if matches!(event, SpotEvent::Ended(_)) && request.state == SpotState::Open {
        (request.instance, request.zone, request.zone_id) = (None, None, None);
    }
}

fn is_no_room(error: &Error) -> bool {
    matches!(
        error,
        Error::InsufficientInstanceCapacity { .. }
            | Error::InsufficientFreeAddressesInSubnet(_)
            | Error::InsufficientAddressCapacity
    )
}

#[async_trait]
impl Reconciler for FollowSpot {
    fn name(&self) -> &'static str {
        "ec2.spot"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let (store, now) = (&self.ec2.store, self.ec2.now());
        let market = Market::of(store.list(&Filter::all())?);
        let mut keys = Vec::new();
        for request in store.list::<SpotRequest>(&Filter::index(2, SpotRequest::FOLLOWED))? {
            let instance = self.instance(&request)?;
            let has_news = instance.as_ref().is_some_and(|instance| warnings::news(instance, now).is_some());
            if has_news || next(&request, instance.as_ref(), price(&market, &request, now), now) != Step::Wait(None) {
                keys.push(request.id);
            }
        }
        let over: Vec<SpotRequest> = store.list(&Filter::index(2, SpotRequest::OVER))?;
        keys.extend(over.into_iter().filter(|request| request.is_forgotten(now)).map(|request| request.id));
        Ok(keys)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(request) = self.ec2.store.get::<SpotRequest>(key)? else { return Ok(Next::Settled) };
        let now = self.ec2.now();
        if request.is_forgotten(now) {
            return self.forget(key).await;
        }
        let instance = self.instance(&request)?;
        if let Some((instance, news)) = instance.as_ref().and_then(|one| Some((one, warnings::news(one, now)?))) {
            return self.warn(instance, news).await;
        }
        let market = Market::of(self.ec2.store.list(&Filter::all())?);
        let step = next(&request, instance.as_ref(), price(&market, &request, now), now);
        match step {
            Step::Outbid => self.outbid(key, step).await,
            Step::Tell(event) => self.tell(key, step, event).await,
            Step::Interrupt(behavior) => self.interrupt(key, step, behavior).await,
            Step::Launch => self.launch(&request).await,
            Step::Restart => self.restart(&request).await,
            Step::Wait(None) => Ok(Next::Settled),
            Step::Wait(Some(moment)) => {
                let left = Duration::try_from(moment.duration_since(now)).unwrap_or_default();
                Ok(Next::After(left.max(Duration::from_millis(20))))
            }
        }
    }
}
