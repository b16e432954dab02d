//! `ec2.capacity-reservations`: a Capacity Reservation whose date has come expires: its room is everybody's again, and
//! instances that are in it stay. What is over is forgotten after a while.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::{SignedDuration, Timestamp};

use crate::errors::Result;
use crate::model::{CapacityReservation, DedicatedHost, HostState, ReservationState};
use crate::{Ec2, hosts, rooms};

/// How long a host that was released is shown. AWS says *recently*.
const HOST_REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

pub struct EndReservations {
    ec2: Arc<Ec2>,
}

impl EndReservations {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2 }
    }
}

fn is_over(reservation: &CapacityReservation, now: Timestamp) -> bool {
    reservation.state == ReservationState::Active && reservation.end.is_some_and(|end| end <= now)
}

fn is_forgotten(host: &DedicatedHost, now: Timestamp) -> bool {
    let is_long_ago = |at: Timestamp| now.duration_since(at) >= HOST_REMEMBERED;
    host.state == HostState::Released && host.released.is_none_or(is_long_ago)
}

/// It ended at its date, however late that is noticed.
fn expire(tx: &mut dyn Tx, id: &str, now: Timestamp) -> Result<()> {
    let Some(mut reservation) = tx.get::<CapacityReservation>(id)?.filter(|one| is_over(one, now)) else {
        return Ok(());
    };
    rooms::give_back(tx, id, &reservation.tags, reservation.end.unwrap_or(now))?;
    reservation.state = ReservationState::Expired;
    Ok(tx.put(&reservation)?)
}

#[async_trait]
impl Reconciler for EndReservations {
    fn name(&self) -> &'static str {
        "ec2.capacity-reservations"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let (store, now) = (&self.ec2.store, self.ec2.now());
        let active = Filter::index(0, ReservationState::Active.name());
        let over = store.list::<CapacityReservation>(&active)?.into_iter().filter(|one| is_over(one, now));
        let released = Filter::index(0, HostState::Released.name());
        let gone = store.list::<DedicatedHost>(&released)?.into_iter().filter(|one| is_forgotten(one, now));
        Ok(over.map(|one| one.id).chain(gone.map(|one| one.id)).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let (id, now) = (key.to_owned(), self.ec2.now());
        let done = self.ec2.store.transact(move |tx| {
            let is_host = tx.get::<DedicatedHost>(&id)?.is_some_and(|host| is_forgotten(&host, now));
            if is_host { hosts::forget(tx, &id) } else { expire(tx, &id, now) }
        });
        done.await?;
        rooms::undo(&mut self.ec2.committed(), &self.ec2.ledger, key)?;
        Ok(Next::Settled)
    }
}
