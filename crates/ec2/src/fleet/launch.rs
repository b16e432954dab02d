//! Launches what a fleet misses, in one transaction: as many instances as its pools give.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use freehold_store::{Tx, TxExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::allocate::allocate;
use super::members::{Seen, by_pool};
use super::pools::{FleetPool, Pools};
use super::records::{Note, record};
use crate::catalogue;
use crate::errors::{Error, Result};
use crate::launch::{self, Order, Surroundings};
use crate::model::{Fleet, FleetFault, FleetMarket, FleetMember, Instance, LaunchedFrom};
use crate::spot::market::Market;
use crate::spot::price::Price;
use crate::{Ec2, new_id};

/// For how long a pool is passed over that had no room.
const NO_ROOM: SignedDuration = SignedDuration::from_secs(30);
/// And one that could not be launched from at all.
const UNUSABLE: SignedDuration = SignedDuration::from_mins(5);

/// Room that was promised in a transaction: given back if it fails.
#[derive(Debug, Clone, Default)]
pub struct Promised(Arc<Mutex<Vec<String>>>);

impl Promised {
    fn note(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(id.to_owned());
    }

    pub fn give_back(&self, ec2: &Ec2) {
        for id in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            ec2.ledger.release(&id);
        }
    }
}

/// What is looked up before the transaction, for each of the pools.
pub struct Ready {
    pub pools: Pools,
    pub surroundings: HashMap<usize, Result<Surroundings>>,
}

impl Ready {
    pub async fn new(ec2: &Ec2, account: &str, pools: Pools) -> Self {
        let mut surroundings = HashMap::new();
        for (at, pool) in pools.iter().enumerate() {
            if let Ok(pool) = pool {
                surroundings.insert(at, launch::surroundings(ec2, account, &pool.parameters).await);
            }
        }
        Self { pools, surroundings }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Launched {
    pub members: Vec<(FleetMember, Instance)>,
    pub faults: Vec<FleetFault>,
}

/// One fleet's launch.
pub struct Launch<'a> {
    pub ec2: &'a Ec2,
    pub fleet: &'a mut Fleet,
    pub ready: &'a Ready,
    pub members: &'a [Seen],
    /// Of instances.
    pub at_most: usize,
    pub promised: &'a Promised,
    pub now: Timestamp,
}

impl Launch<'_> {
    /// Launches so many thousandths of a unit of each, or what there is. It is for the caller to write the fleet.
    pub fn carry_out(mut self, tx: &mut dyn Tx, missing: &[(FleetMarket, u64)]) -> Result<Launched> {
        let mut launched = Launched::default();
        self.fleet.avoided.retain(|_, until| *until > self.now);
        for (market, missing) in missing {
            self.of_market(tx, *market, *missing, &mut launched)?;
        }
        Ok(launched)
    }

    fn of_market(
        &mut self,
        tx: &mut dyn Tx,
        market: FleetMarket,
        mut missing: u64,
        launched: &mut Launched,
    ) -> Result<()> {
        let prices = Market::read(tx)?;
        let mut have = by_pool(self.members, market);
        let mut left = self.left(market, &prices);
        let mut shut: BTreeSet<usize> = BTreeSet::new();
        let options = self.fleet.options(market).clone();
        let mut chosen: Option<(String, Option<String>)> = None;
        'more: while missing > 0 {
            let mut candidates = Vec::new();
            for (at, pool) in self.ready.pools.iter().enumerate().filter(|(at, _)| !shut.contains(at)) {
                let Ok(pool) = pool else { continue };
                let is_other = chosen.as_ref().is_some_and(|(kind, place)| {
                    (options.single_type && pool.kind.name != kind) || (options.single_zone && pool.place != *place)
                });
                if !is_other && !self.fleet.avoided.contains_key(&pool.avoided_as(market)) {
                    candidates.push(pool.candidate(self.ec2, at, market, &prices, self.now));
                }
            }
            let picks = allocate(market, &options, candidates, &have, missing, left);
            let is_last = picks.is_empty();
            for pick in picks {
                if launched.members.len() >= self.at_most {
                    break 'more;
                }
                let Some(Ok(pool)) = self.ready.pools.get(pick) else { continue };
                match self.one(tx, pool, pick, market) {
                    Ok((member, instance)) => {
                        missing = missing.saturating_sub(member.weight);
                        *have.entry(member.pool.clone()).or_default() += member.weight;
                        left =
                            left.map(|left| pool.price(market, &prices, self.now).map_or(left, |one| left.less(one)));
                        chosen.get_or_insert((pool.kind.name.to_owned(), pool.place.clone()));
                        launched.members.push((member, instance));
                    }
                    Err(error @ (Error::Internal(_) | Error::Unavailable(_))) => return Err(error),
                    Err(error) => {
                        shut.insert(pick);
                        self.refused(tx, pool, market, &error, launched)?;
                        continue 'more;
                    }
                }
            }
            if is_last {
                break;
            }
        }
        if missing > 0 && launched.members.len() < self.at_most {
            self.unresolved(market, launched);
            self.without_room(tx, market, &shut, launched)?;
        }
        Ok(())
    }

    /// What may still be spent an hour.
    fn left(&self, market: FleetMarket, prices: &Market) -> Option<Price> {
        let most = Price::parse(self.fleet.options(market).max_total_price.as_deref()?)?;
        let spent = self.members.iter().filter(|seen| seen.is_alive() && seen.member.market == market);
        Some(spent.fold(most, |left, seen| {
            let Some(kind) = catalogue::find(&seen.member.instance_type) else { return left };
            let price = match market {
                FleetMarket::OnDemand => Price::on_demand(&kind),
                FleetMarket::Spot => prices.price(&kind, self.now),
            };
            price.map_or(left, |price| left.less(price))
        }))
    }

    fn one(
        &mut self,
        tx: &mut dyn Tx,
        pool: &FleetPool,
        at: usize,
        market: FleetMarket,
    ) -> Result<(FleetMember, Instance)> {
        let surroundings = match self.ready.surroundings.get(&at) {
            Some(found) => found.clone()?,
            None => return Err(Error::Internal("a pool that nothing was looked up for".into())),
        };
        let parameters = pool.parameters(self.fleet, market);
        let ids = [new_id("i")];
        let order = Order {
            account: &self.fleet.account,
            reservation: &new_id("r"),
            client_token: &format!("{}/{}", self.fleet.id, ids[0]),
            parameters: &parameters,
            template: pool.template.as_ref(),
            surroundings,
            ids: &ids,
            min: 1,
            dry_run: None,
        };
        self.promised.note(&ids[0]);
        let made = launch::place(self.ec2, tx, order);
        if made.is_err() {
            self.ec2.ledger.release(&ids[0]);
        }
        let instance = made?.pop().ok_or_else(|| Error::Internal("a launch without instances".into()))?;
        let member = FleetMember {
            id: instance.id.clone(),
            account: self.fleet.account.clone(),
            fleet: self.fleet.id.clone(),
            market,
            weight: pool.weight,
            pool: pool.key(),
            instance_type: instance.instance_type.clone(),
            launched: self.now,
            from: pool.from.clone(),
            gone: false,
            warned: false,
        };
        tx.put(&member)?;
        let about = json!({
            "instanceType": instance.instance_type,
            "image": instance.image,
            "productDescription": instance.platform_details,
            "availabilityZone": instance.placement.zone,
        });
        record(tx, self.fleet, Note::instance("launched", &instance.id, Some(about.to_string())), self.now)?;
        Ok((member, instance))
    }

    fn refused(
        &mut self,
        tx: &mut dyn Tx,
        pool: &FleetPool,
        market: FleetMarket,
        error: &Error,
        launched: &mut Launched,
    ) -> Result<()> {
        let pause = if is_for_now(error) { NO_ROOM } else { UNUSABLE };
        let until = self.now.saturating_add(pause).unwrap_or(Timestamp::MAX);
        self.fleet.avoided.insert(pool.avoided_as(market), until);
        let about = format!("{}, {}, {}: {error}", pool.kind.name, market.name(), error.code());
        record(tx, self.fleet, Note::error("launchSpecTemporarilyBlacklisted", about), self.now)?;
        launched.faults.push(fault(&pool.from, market, error));
        Ok(())
    }

    /// Pools that no strategy chose, for there is no room in them.
    fn without_room(
        &mut self,
        tx: &mut dyn Tx,
        market: FleetMarket,
        shut: &BTreeSet<usize>,
        launched: &mut Launched,
    ) -> Result<()> {
        if market == FleetMarket::OnDemand {
            return Ok(());
        }
        let ready = self.ready;
        for (_, pool) in ready.pools.iter().enumerate().filter(|(at, _)| !shut.contains(at)) {
            let Ok(pool) = pool else { continue };
            let is_empty = self.ec2.ledger.room_for(pool.kind.share()) == 0;
            if is_empty && !self.fleet.avoided.contains_key(&pool.avoided_as(market)) {
                let error = Error::InsufficientInstanceCapacity {
                    instance_type: pool.kind.name.to_owned(),
                    zone: pool.place.clone().unwrap_or_default(),
                    detail: "There is no Spot capacity available that matches your request.".into(),
                };
                self.refused(tx, pool, market, &error, launched)?;
            }
        }
        Ok(())
    }

    /// Pools that could not even be looked up.
    fn unresolved(&self, market: FleetMarket, launched: &mut Launched) {
        for (from, error) in self.ready.pools.iter().filter_map(|pool| pool.as_ref().err()) {
            launched.faults.push(fault(from, market, error));
        }
    }
}

fn fault(from: &LaunchedFrom, market: FleetMarket, error: &Error) -> FleetFault {
    FleetFault { from: from.clone(), market, code: error.code().to_owned(), message: error.to_string() }
}

/// What may be different in a moment.
fn is_for_now(error: &Error) -> bool {
    let is_dear = error.code() == "SpotMaxPriceTooLow";
    is_dear || matches!(error, Error::InsufficientInstanceCapacity { .. } | Error::InsufficientFreeAddressesInSubnet(_))
}
