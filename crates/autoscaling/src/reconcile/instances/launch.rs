//! From the decision to a running instance.

use std::sync::Arc;

use freehold_core::reconcile::{Failure, Next};
use freehold_store::{StoreExt, Tx};
use freehold_wire::Fault;
use jiff::Timestamp;

use super::SOON;
use crate::deeds::{self, Notice};
use crate::errors::Result;
use crate::model::{
    ActivityStatus, Event, Group, LaunchConfiguration, LaunchSource, Market, Member, Override, Phase, Resolved,
    TemplateRef, Transition, later,
};
use crate::world::{NO_ROOM, Place, Seen, is_for_now, launch_request};
use crate::{AutoScaling, Fate};

/// Seconds for which a zone without room is passed over.
const AVOIDED: u32 = 120;

/// Looks whether the instance was launched already; else notes from what it is to be launched; else launches it.
pub(super) async fn launch(own: &Arc<AutoScaling>, group: &Group, member: &Member) -> Result<Next, Failure> {
    let account = &member.account;
    if let Some(seen) = own.world.launched(account, &member.key).await? {
        note_launched(own, &member.key, seen).await?;
        return Ok(Next::Again);
    }
    let Some(resolved) = &member.launch else { return resolve(own, group, member).await };
    let mut version = None;
    let mut configuration = None;
    match resolved {
        Resolved::Template { template, number, .. } => {
            let exact = TemplateRef { version: Some(number.clone()), ..template.clone() };
            version = match own.world.template(account, &exact).await {
                Ok(version) => Some(version),
                Err(error) => return failed(own, group, member, error).await,
            };
        }
        Resolved::Configuration(name) => {
            configuration = own.store.get::<LaunchConfiguration>(&LaunchConfiguration::id(account, name))?;
        }
        Resolved::Nothing => {}
    }
    let place =
        Place { zone: &member.zone, subnet: member.subnet.as_deref(), market: member.market, token: &member.key };
    let request = launch_request(group, &place, resolved, version.as_ref(), configuration.as_ref());
    match own.world.launch(account, request).await {
        Ok(Some(seen)) => note_launched(own, &member.key, seen).await?,
        Ok(None) => {}
        Err(error) => return failed(own, group, member, error).await,
    }
    Ok(Next::Again)
}

/// Notes which version of the template it is that the group means now.
async fn resolve(own: &Arc<AutoScaling>, group: &Group, member: &Member) -> Result<Next, Failure> {
    let choices = match choices(own, group, member).await {
        Ok(choices) => choices,
        Err(error) => return failed(own, group, member, error).await,
    };
    let choice = choices.get(member.choice).cloned().unwrap_or_default();
    let resolved = match group.launches_from() {
        LaunchSource::Configuration(name) => Resolved::Configuration(name.clone()),
        LaunchSource::Template(_) | LaunchSource::Mixed(_) => {
            let Some(template) = group.launches_from().template(&choice) else { return Ok(Next::Settled) };
            match own.world.template(&member.account, template).await {
                Ok(version) => Resolved::Template {
                    template: TemplateRef { id: version.id, name: version.name, version: template.version.clone() },
                    number: version.number,
                    instance_type: choice.instance_type.clone(),
                    image: choice.image.clone(),
                },
                Err(error) => return failed(own, group, member, error).await,
            }
        }
    };
    own.change_member(&member.key, move |_, _, member| {
        if member.phase != Phase::Pending || member.launch.is_some() {
            return Ok(Fate::Nothing);
        }
        member.weight = choice.weight.unwrap_or(1);
        member.launch = Some(resolved);
        Ok(Fate::Keep)
    })
    .await?;
    Ok(Next::Again)
}

/// The choices in the order in which they are tried.
async fn choices(
    own: &Arc<AutoScaling>,
    group: &Group,
    member: &Member,
) -> Result<Vec<Override>, freehold_wire::Error> {
    let source = group.launches_from();
    let LaunchSource::Mixed(policy) = source else { return Ok(source.choices()) };
    if member.market == Market::OnDemand || !policy.is_by_price() || policy.overrides.len() < 2 {
        return Ok(source.choices());
    }
    let kinds = policy.overrides.iter().filter_map(|choice| choice.instance_type.clone()).collect();
    let prices = own.world.spot_prices(&member.account, &member.zone, kinds).await?;
    let mut others = own.members(&member.group)?;
    others.retain(|other| other.key != member.key);
    Ok(policy.spot_choices(member, &others, &prices))
}

async fn note_launched(own: &Arc<AutoScaling>, key: &str, seen: Seen) -> Result<()> {
    own.change_member(key, move |tx, group, member| {
        if member.instance.is_some() {
            return Ok(Fate::Nothing);
        }
        deeds::change_activity(tx, member, |activity| {
            activity.description = format!("Launching a new EC2 instance: {}", seen.id);
            activity.zone.clone_from(&seen.zone);
            activity.subnet = Some(seen.subnet.clone());
            activity.advance(ActivityStatus::PreInService, 30);
        })?;
        group.backoff = None;
        group.avoided.remove(&seen.zone);
        member.instance = Some(seen.id);
        member.instance_type = seen.instance_type;
        member.market = seen.market;
        member.image = seen.image;
        member.zone = seen.zone;
        member.subnet = Some(seen.subnet);
        Ok(Fate::Keep)
    })
    .await
}

/// A launch was refused: the next choice is tried, or the launch has failed. What may be different in a moment is left to
/// the reconciler's own pauses.
async fn failed(
    own: &Arc<AutoScaling>,
    group: &Group,
    member: &Member,
    error: freehold_wire::Error,
) -> Result<Next, Failure> {
    let (is_full, is_for_now) = (NO_ROOM.contains(&&*error.code), is_for_now(&error));
    if error.fault == Fault::Receiver && !is_full {
        return Err(error.into());
    }
    let (now, choices) = (own.now(), group.launches_from().choices().len());
    own.change_member(&member.key, move |tx, group, member| {
        if member.instance.is_some() {
            return Ok(Fate::Nothing);
        }
        if is_for_now && member.choice + 1 < choices {
            member.choice += 1;
            member.launch = None;
            return Ok(Fate::Keep);
        }
        if is_full {
            group.avoided.insert(member.zone.clone(), later(now, AVOIDED));
        }
        let message = format!("{}. Launching EC2 instance failed.", error.message.trim_end_matches('.'));
        let description = format!("Launching a new EC2 instance.  Status Reason: {message}");
        deeds::change_activity(tx, member, |activity| activity.description = description)?;
        fail(tx, group, member, message, now)?;
        Ok(Fate::Remove)
    })
    .await?;
    Ok(Next::Settled)
}

/// The launch has come to nothing.
fn fail(tx: &mut dyn Tx, group: &mut Group, member: &mut Member, message: String, now: Timestamp) -> Result<()> {
    let activity = deeds::finish(tx, member, ActivityStatus::Failed, Some(message), now)?;
    deeds::notify(tx, group, Notice::LaunchError, activity.as_ref(), member, now)?;
    group.note_failed_launch(now);
    Ok(())
}

/// Waits for EC2; an instance from the warm pool is started.
pub(super) async fn await_running(
    own: &Arc<AutoScaling>,
    group: &Group,
    member: &Member,
    instance: &str,
) -> Result<Next, Failure> {
    let seen = own.world.instance(&member.account, instance).await?;
    let state = seen.as_ref().map_or("terminated", |seen| seen.state.as_str());
    let comes_from_pool = !member.warmed && member.activity.as_deref() != Some(member.key.as_str());
    match state {
        "running" => {}
        "stopped" if comes_from_pool && member.in_service_since.is_none() => {
            own.world.start(&member.account, instance).await?;
            return Ok(Next::After(SOON));
        }
        "pending" | "stopping" => return Ok(Next::After(SOON)),
        _ => return lost(own, member, state.to_owned()).await,
    }
    let now = own.now();
    // What comes back from standby was asked for when it was launched.
    let is_new = member.in_service_since.is_none();
    let hooked = is_new && group.hooks_at(Transition::Launching).next().is_some();
    own.change_member(&member.key, move |tx, group, member| {
        if !member.apply(Event::Ran { hooked }, now) {
            return Ok(Fate::Nothing);
        }
        if hooked {
            deeds::hold(tx, group, member, Transition::Launching, now)?;
            deeds::advance(tx, member, ActivityStatus::MidLifecycleAction, 50)?;
        }
        Ok(Fate::Keep)
    })
    .await?;
    Ok(Next::Again)
}

/// It ended before it served.
async fn lost(own: &Arc<AutoScaling>, member: &Member, state: String) -> Result<Next, Failure> {
    let message = format!(
        "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: the instance \
         is {state}"
    );
    give_up(own, member, message).await
}

/// What is launched cannot serve: the launch has failed, and the instance ends.
pub(super) async fn give_up(own: &Arc<AutoScaling>, member: &Member, message: String) -> Result<Next, Failure> {
    let now = own.now();
    own.change_member(&member.key, move |tx, group, member| {
        if !member.phase.is_pending() {
            return Ok(Fate::Nothing);
        }
        fail(tx, group, member, message.clone(), now)?;
        deeds::doom(tx, group, member, crate::plan::sentences::at(now, message), now)?;
        Ok(Fate::Keep)
    })
    .await?;
    Ok(Next::Again)
}
