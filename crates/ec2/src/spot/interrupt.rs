//! An interruption is decided upon: by whoever runs the region, as EC2 does when it needs the room. What follows is the
//! reconciler's; here only the moment is written.

use std::sync::Arc;

use freehold_store::{StoreExt, Tx, TxExt};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup;
use crate::model::{Cause, Instance, InstanceState, InterruptionBehavior, SpotEvent, SpotRequest, SpotTerms};

/// What will happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interrupted {
    pub instance: String,
    pub account: String,
    /// `sir-…`
    pub request: String,
    /// `terminate` or `stop`
    pub action: &'static str,
    pub at: Timestamp,
    /// Since when the instance can read that it goes.
    pub notice: Timestamp,
}

/// Takes the room of a Spot instance back `after` that time. The instance is told two minutes before, or at once if it is
/// sooner; that it should be replaced it is told at once. One that is to go sooner already goes then.
pub async fn interrupt(ec2: &Arc<Ec2>, id: &str, after: SignedDuration) -> Result<Interrupted> {
    let now = ec2.now();
    let at = now.saturating_add(after).unwrap_or(Timestamp::MAX);
    change(ec2, id, move |tx, instance| {
        let account = instance.account.clone();
        let terms = terms(instance)?;
        let at = terms.interruption.map_or(at, |earlier| earlier.min(at));
        terms.interrupt_at(at, Cause::Capacity, now);
        if terms.notice(now).is_some() {
            mark(tx, terms, now)?;
        }
        Ok(Interrupted {
            instance: String::new(),
            account,
            request: terms.request.clone(),
            action: terms.behavior.name(),
            at,
            notice: terms.noticed_from().unwrap_or(at).max(now),
        })
    })
    .await
    .map(|interrupted| Interrupted { instance: id.to_owned(), ..interrupted })
}

/// Recommends to replace a Spot instance, which goes on running.
pub async fn recommend_rebalance(ec2: &Arc<Ec2>, id: &str) -> Result<Timestamp> {
    let now = ec2.now();
    change(ec2, id, move |_, instance| {
        let terms = terms(instance)?;
        terms.recommend(now);
        Ok(terms.rebalance.unwrap_or(now))
    })
    .await
}

/// The request tells that its instance is marked.
pub(crate) fn mark(tx: &mut dyn Tx, terms: &SpotTerms, now: Timestamp) -> Result<()> {
    let Some(mut request) = tx.get::<SpotRequest>(&terms.request)? else { return Ok(()) };
    if request.apply(SpotEvent::Marked(terms.behavior), now) {
        tx.put(&request)?;
    }
    Ok(())
}

/// The Spot terms of an instance that runs, or will in a moment.
fn terms(instance: &mut Instance) -> Result<&mut SpotTerms> {
    let (id, state) = (instance.id.clone(), instance.state);
    let Some(terms) = &mut instance.spot else {
        return Err(Error::UnsupportedOperation(format!("The instance '{id}' is not a Spot Instance.")));
    };
    let stops = terms.behavior == InterruptionBehavior::Stop;
    match state {
        InstanceState::Running => Ok(terms),
        InstanceState::Pending if !stops => Ok(terms),
        _ => Err(Error::IncorrectInstanceState(format!(
            "The instance '{id}' is {}: only one that runs can be interrupted.",
            state.name()
        ))),
    }
}

async fn change<T: Send + 'static>(
    ec2: &Arc<Ec2>,
    id: &str,
    change: impl FnOnce(&mut dyn Tx, &mut Instance) -> Result<T> + Send + 'static,
) -> Result<T> {
    lookup::check_form::<Instance>(id)?;
    let id = id.to_owned();
    ec2.store
        .transact(move |tx| {
            let before = tx.get::<Instance>(&id)?.ok_or_else(|| lookup::not_found::<Instance>(&[&id]))?;
            let mut instance = before.clone();
            let answer = change(tx, &mut instance)?;
            if instance != before {
                tx.put(&instance)?;
            }
            Ok(answer)
        })
        .await
}
