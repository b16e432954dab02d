//! `ec2.reserved`: modifications of Reserved Instances are done. What is replaced is retired, and what replaces it begins, in
//! one transaction.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_billing::model::{Reserved, ReservedState};
use freehold_billing::offers::ReservationOffer;
use freehold_core::ids;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::Timestamp;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::{ModificationStatus, ReservedModification};
use crate::reserved::modification::{Part, plan};
use crate::reserved::{Bought, room};

pub struct ModifyReserved {
    ec2: Arc<Ec2>,
}

impl ModifyReserved {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2 }
    }
}

#[async_trait]
impl Reconciler for ModifyReserved {
    fn name(&self) -> &'static str {
        "ec2.reserved"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let processing = Filter::index(2, ModificationStatus::Processing.name());
        let pending = self.ec2.store.list::<ReservedModification>(&processing)?;
        Ok(pending.into_iter().map(|modification| modification.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(wanted) = self.ec2.store.get::<ReservedModification>(key)? else { return Ok(Next::Settled) };
        let new: Vec<String> = wanted.targets.iter().map(|_| ids::uuid()).collect();
        let done = self.fulfil(key, new.clone()).await;
        room::settle(&self.ec2, wanted.sources.iter().chain(&new))?;
        match done {
            Err(Error::InsufficientInstanceCapacity { detail, .. }) => {
                self.fail(key, format!("There is not enough capacity for the target configuration: {detail}")).await?;
            }
            done => done?,
        }
        Ok(Next::Settled)
    }
}

impl ModifyReserved {
    async fn fulfil(&self, key: &str, new: Vec<String>) -> Result<()> {
        let (key, ec2, now) = (key.to_owned(), Arc::clone(&self.ec2), self.ec2.now());
        let done = self.ec2.store.transact(move |tx| {
            let Some(mut modification) = processing(tx, &key)? else { return Ok::<_, Error>(()) };
            match sources(&ec2, tx, &modification, now)? {
                Ok(sources) => fulfil(&ec2, tx, &mut modification, sources, new)?,
                Err(why) => {
                    modification.status = ModificationStatus::Failed;
                    modification.message = Some(why);
                }
            }
            modification.updated = now;
            Ok(tx.put(&modification)?)
        });
        done.await
    }

    async fn fail(&self, key: &str, why: String) -> Result<()> {
        let (key, now) = (key.to_owned(), self.ec2.now());
        let done = self.ec2.store.transact(move |tx| {
            let Some(mut modification) = processing(tx, &key)? else { return Ok::<_, Error>(()) };
            modification.status = ModificationStatus::Failed;
            modification.message = Some(why);
            modification.updated = now;
            Ok(tx.put(&modification)?)
        });
        done.await
    }
}

fn processing(tx: &mut dyn Tx, key: &str) -> Result<Option<ReservedModification>> {
    let found = tx.get::<ReservedModification>(key)?;
    Ok(found.filter(|modification| modification.status == ModificationStatus::Processing))
}

/// What is replaced, or why it cannot be any more.
fn sources(
    ec2: &Ec2,
    tx: &mut dyn Tx,
    modification: &ReservedModification,
    now: Timestamp,
) -> Result<Result<Vec<Bought>, String>> {
    let mut sources = Vec::new();
    for id in &modification.sources {
        match tx.get::<Reserved>(id)? {
            Some(reserved) if reserved.state(now) == ReservedState::Active => {
                sources.push(Bought::new(reserved, &**ec2.bills.types())?);
            }
            _ => return Ok(Err(format!("The Reserved Instance '{id}' is not active any more."))),
        }
    }
    Ok(Ok(sources))
}

fn fulfil(
    ec2: &Ec2,
    tx: &mut dyn Tx,
    modification: &mut ReservedModification,
    sources: Vec<Bought>,
    new: Vec<String>,
) -> Result<()> {
    let part = |target: &crate::model::ReservedTarget| {
        let kind = ec2.bills.types().parse(&target.instance_type)?;
        Some(Part { kind, zone: target.zone, count: target.count })
    };
    let parts: Option<Vec<Part>> = modification.targets.iter().map(part).collect();
    let planned = parts.and_then(|parts| Some((plan(&sources, &parts).ok()?, sources.first()?)));
    let Some((terms, first)) = planned else {
        modification.status = ModificationStatus::Failed;
        modification.message = Some("The Reserved Instances are not what they were when this was asked for.".into());
        return Ok(());
    };
    for source in &sources {
        room::give_back(ec2, tx, &source.reserved.id)?;
    }
    for ((target, terms), id) in modification.targets.iter_mut().zip(terms).zip(new) {
        let offer =
            ReservationOffer { instance_type: target.instance_type.clone(), zone: target.zone, ..first.offer.clone() };
        let made = Reserved {
            id,
            account: modification.account.clone(),
            offering: offer.id(),
            count: target.count,
            upfront: terms.upfront,
            paid: Some(Default::default()),
            hourly: terms.hourly,
            purchased: None,
            start: modification.effective,
            end: first.reserved.end,
            retired: None,
            deleted: None,
            tags: Default::default(),
        };
        let made = Bought::new(made, &**ec2.bills.types())?;
        room::keep(ec2, tx, &made)?;
        tx.put(&made.reserved)?;
        target.made = Some(made.reserved.id);
    }
    for source in sources {
        tx.put(&Reserved { retired: Some(modification.effective), ..source.reserved })?;
    }
    modification.status = ModificationStatus::Fulfilled;
    Ok(())
}
