//! `ec2.reserved-room`: what Reserved Instances of a zone kept is everybody's again when they expire.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_billing::model::{Reserved, ReservedState};
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};

use crate::Ec2;
use crate::errors::Error;
use crate::model::HeldRoom;
use crate::reserved::room;

pub struct EndReserved {
    ec2: Arc<Ec2>,
}

impl EndReserved {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2 }
    }
}

#[async_trait]
impl Reconciler for EndReserved {
    fn name(&self) -> &'static str {
        "ec2.reserved-room"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// Rows of room are few: one for each reservation that keeps any.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let now = self.ec2.now();
        let mut over = Vec::new();
        for room in self.ec2.store.list::<HeldRoom>(&Filter::all())? {
            let reserved = self.ec2.store.get::<Reserved>(&room.id)?;
            if reserved.is_some_and(|reserved| reserved.state(now) != ReservedState::Active) {
                over.push(room.id);
            }
        }
        Ok(over)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let (id, ec2, now) = (key.to_owned(), Arc::clone(&self.ec2), self.ec2.now());
        let done = self.ec2.store.transact(move |tx| {
            let reserved = tx.get::<Reserved>(&id)?;
            if reserved.is_some_and(|reserved| reserved.state(now) != ReservedState::Active) {
                room::give_back(&ec2, tx, &id)?;
            }
            Ok::<_, Error>(())
        });
        done.await?;
        room::settle(&self.ec2, [&key.to_owned()])?;
        Ok(Next::Settled)
    }
}
