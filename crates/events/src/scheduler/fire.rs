//! A schedule that came due, as its target is told.

use freehold_core::ids;
use serde_json::json;

use super::model::{Moment, Schedule};
use crate::Events;
use crate::delivery::{Delivery, Origin};
use crate::event::{Event, Parts, time};

/// *User guide, Adding context attributes*: words in the input that stand for what is known when it is told.
const CONTEXT: [&str; 3] =
    ["<aws.scheduler.schedule-arn>", "<aws.scheduler.scheduled-time>", "<aws.scheduler.execution-id>"];

/// What is to be told at a moment. `None` if an event cannot be made of the input, which was checked.
pub(crate) fn fire(events: &Events, schedule: &Schedule, moment: Moment) -> Option<Delivery> {
    let execution = ids::uuid();
    let target = &schedule.target;
    let input = target.input.as_ref().map(|input| {
        let values = [schedule.arn.as_str(), &time(moment.due), &execution];
        CONTEXT.iter().zip(values).fold(input.clone(), |input, (word, value)| input.replace(word, value))
    });
    let payload = match (&target.event, input) {
        (Some((detail_type, source)), input) => event(events, schedule, moment, detail_type, source, input.as_deref())?,
        (None, Some(input)) => input,
        (None, None) => notification(events, schedule, moment),
    };
    Some(Delivery {
        origin: Origin::Schedule { execution, due: moment.due },
        source: schedule.arn.clone(),
        account: schedule.account.clone(),
        target: target.arn.clone(),
        payload,
        role: Some(target.role.clone()),
        group: target.group.clone(),
        retry: target.retry.unwrap_or_default(),
        dead_letter: target.dead_letter.clone(),
        created: events.now(),
        is_forwarded: false,
    })
}

/// What goes to an event bus: the input is the detail.
fn event(
    events: &Events,
    schedule: &Schedule,
    moment: Moment,
    detail_type: &str,
    source: &str,
    input: Option<&str>,
) -> Option<String> {
    let parts = Parts {
        detail_type,
        source,
        account: &schedule.account,
        region: &events.region,
        at: moment.due,
        resources: std::slice::from_ref(&schedule.arn),
        detail: input.unwrap_or("{}"),
    };
    Event::new(&parts).map(|event| event.text)
}

/// What a target is told where nothing else is said.
fn notification(events: &Events, schedule: &Schedule, moment: Moment) -> String {
    json!({
        "version": "0",
        "id": ids::uuid(),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": schedule.account,
        "time": time(moment.due),
        "region": events.region,
        "resources": [schedule.arn],
        "detail": "{}",
    })
    .to_string()
}
