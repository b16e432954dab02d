//! What happens to instances, as it is written down: their state, the activity that tells of it, and who is to be told.
//! All of it inside one transaction.

mod hold;
mod notify;

use freehold_core::ids::uuid;
use freehold_store::{Tx, TxExt};
use jiff::Timestamp;

pub(crate) use hold::hold;
pub(crate) use notify::{Notice, notify, test_notification};

use crate::errors::Result;
use crate::model::{Activity, ActivityStatus, Event, Group, Health, Member, Phase, Resolved};
use crate::plan::capacity::Launch;
use crate::plan::sentences;

/// A launch is decided upon.
pub(crate) fn launch(tx: &mut dyn Tx, group: &mut Group, launch: Launch, cause: String, now: Timestamp) -> Result<()> {
    let key = uuid();
    let mut activity = Activity::begin(group, key.clone(), "Launching a new EC2 instance".into(), cause, now);
    activity.zone.clone_from(&launch.zone);
    activity.subnet.clone_from(&launch.subnet);
    tx.put(&activity)?;
    let mut member = new_member(group, key, now);
    member.zone = launch.zone;
    member.subnet = launch.subnet;
    member.market = launch.market;
    member.weight = launch.weight;
    member.warmed = launch.warmed;
    member.surplus = launch.surplus;
    Ok(tx.put(&member)?)
}

/// A running instance becomes a member.
pub(crate) fn attach(tx: &mut dyn Tx, group: &mut Group, seen: &crate::world::Seen, now: Timestamp) -> Result<()> {
    let (key, id) = (uuid(), &seen.id);
    let before = group.desired;
    group.desired += 1;
    let cause = sentences::at(
        now,
        format_args!(
            "an instance was attached in response to a user request, increasing the desired capacity from {before} to {}",
            group.desired
        ),
    );
    let mut activity =
        Activity::begin(group, key.clone(), format!("Attaching an existing EC2 instance: {id}"), cause, now);
    activity.zone.clone_from(&seen.zone);
    activity.subnet = Some(seen.subnet.clone());
    tx.put(&activity)?;
    let mut member = new_member(group, key, now);
    member.instance = Some(id.clone());
    member.zone.clone_from(&seen.zone);
    member.subnet = Some(seen.subnet.clone());
    member.launch = Some(Resolved::Nothing);
    member.instance_type.clone_from(&seen.instance_type);
    member.image.clone_from(&seen.image);
    member.market = seen.market;
    member.weight = group.source.weight(&seen.instance_type);
    Ok(tx.put(&member)?)
}

fn new_member(group: &Group, key: String, now: Timestamp) -> Member {
    Member {
        activity: Some(key.clone()),
        key,
        account: group.account.clone(),
        group: group.id.clone(),
        group_name: group.name.clone(),
        phase: Phase::Pending,
        warmed: false,
        instance: None,
        health: Health::Healthy,
        sickness: None,
        zone: String::new(),
        subnet: None,
        launch: None,
        choice: 0,
        market: crate::model::Market::OnDemand,
        weight: 1,
        instance_type: String::new(),
        image: String::new(),
        protected: group.protect_new,
        created: now,
        in_service_since: None,
        registered: Default::default(),
        actions: Vec::new(),
        at_risk: false,
        surplus: false,
        forced: false,
        reusable: false,
    }
}

/// Begins another activity of a member; the one before, if it has not ended, is cancelled.
pub(crate) fn begin(
    tx: &mut dyn Tx,
    group: &mut Group,
    member: &mut Member,
    description: String,
    cause: String,
    now: Timestamp,
) -> Result<Activity> {
    finish(tx, member, ActivityStatus::Cancelled, None, now)?;
    let mut activity = Activity::begin(group, uuid(), description, cause, now);
    activity.zone.clone_from(&member.zone);
    activity.subnet.clone_from(&member.subnet);
    tx.put(&activity)?;
    member.activity = Some(activity.id.clone());
    Ok(activity)
}

/// The member's activity goes on.
pub(crate) fn advance(tx: &mut dyn Tx, member: &Member, status: ActivityStatus, progress: u8) -> Result<()> {
    change_activity(tx, member, |activity| activity.advance(status, progress)).map(drop)
}

/// The member's activity ends, if it has one.
pub(crate) fn finish(
    tx: &mut dyn Tx,
    member: &mut Member,
    status: ActivityStatus,
    message: Option<String>,
    now: Timestamp,
) -> Result<Option<Activity>> {
    let ended = change_activity(tx, member, |activity| {
        activity.end(status, now);
        activity.message = message;
    })?;
    member.activity = None;
    Ok(ended)
}

pub(crate) fn change_activity(
    tx: &mut dyn Tx,
    member: &Member,
    change: impl FnOnce(&mut Activity),
) -> Result<Option<Activity>> {
    let Some(id) = &member.activity else { return Ok(None) };
    let Some(mut activity) = tx.get::<Activity>(id)? else { return Ok(None) };
    change(&mut activity);
    tx.put(&activity)?;
    Ok(Some(activity))
}

/// A member begins to end. What is not launched yet is cancelled on its way.
pub(crate) fn doom(
    tx: &mut dyn Tx,
    group: &mut Group,
    member: &mut Member,
    cause: String,
    now: Timestamp,
) -> Result<Option<Activity>> {
    if !member.apply(Event::Doomed, now) {
        return Ok(None);
    }
    member.actions.clear();
    let Some(instance) = member.instance.clone() else {
        member.activity.get_or_insert_with(|| member.key.clone());
        return Ok(None);
    };
    begin(tx, group, member, format!("Terminating EC2 instance: {instance}"), cause, now).map(Some)
}
