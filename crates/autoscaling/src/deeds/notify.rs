//! Notifications to topics (*User guide, Amazon SNS notification options*), and events.

use freehold_core::ids::uuid;
use freehold_store::{Tx, TxExt};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::errors::Result;
use crate::model::{Activity, Group, Letter, Member};
use crate::times::moment_in_message;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    Launch,
    LaunchError,
    Terminate,
    TerminateError,
    Test,
}

impl Notice {
    pub const ALL: [Self; 5] = [Self::Launch, Self::LaunchError, Self::Terminate, Self::TerminateError, Self::Test];

    pub fn name(self) -> &'static str {
        match self {
            Self::Launch => "autoscaling:EC2_INSTANCE_LAUNCH",
            Self::LaunchError => "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
            Self::Terminate => "autoscaling:EC2_INSTANCE_TERMINATE",
            Self::TerminateError => "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
            Self::Test => "autoscaling:TEST_NOTIFICATION",
        }
    }

    /// The detail type of the event that tells of it.
    fn event(self) -> Option<&'static str> {
        match self {
            Self::Launch => Some("EC2 Instance Launch Successful"),
            Self::LaunchError => Some("EC2 Instance Launch Unsuccessful"),
            Self::Terminate => Some("EC2 Instance Terminate Successful"),
            Self::TerminateError => Some("EC2 Instance Terminate Unsuccessful"),
            Self::Test => None,
        }
    }

    fn subject(self, group: &str) -> String {
        let what = match self {
            Self::Launch => "launch",
            Self::LaunchError => "failed launch",
            Self::Terminate => "termination",
            Self::TerminateError => "failed termination",
            Self::Test => "test notification",
        };
        format!("Auto Scaling: {what} for group \"{group}\"")
    }
}

/// Writes to all topics that want to know, and to the account's default event bus.
pub(crate) fn notify(
    tx: &mut dyn Tx,
    group: &Group,
    notice: Notice,
    activity: Option<&Activity>,
    member: &Member,
    now: Timestamp,
) -> Result<()> {
    let topics = group.notifications.iter().filter(|(_, types)| types.contains(notice.name()));
    for (topic, _) in topics {
        let body = body(group, notice, activity, member, now);
        tx.put(&Letter::new(&group.account, topic, &notice.subject(&group.name), &body))?;
    }
    if let Some(kind) = notice.event() {
        let (bus, event) = event(group, kind, body(group, notice, activity, member, now));
        tx.put(&Letter::new(&group.account, &bus, kind, &event))?;
    }
    Ok(())
}

/// The default event bus, and what it is told: the notification, as the detail of an event (*User guide, Auto Scaling
/// event reference*).
fn event(group: &Group, kind: &str, mut detail: Value) -> (String, Value) {
    // Of the region in the group's own ARN.
    let region = group.arn.split(':').nth(3).unwrap_or_default();
    let instance = detail["EC2InstanceId"].as_str().unwrap_or_default();
    let instance = format!("arn:aws:ec2:{region}:{}:instance/{instance}", group.account);
    if let Value::Object(detail) = &mut detail {
        for name in ["AccountId", "AutoScalingGroupARN", "Service", "Event", "Time", "Progress"] {
            detail.remove(name);
        }
    }
    let bus = format!("arn:aws:events:{region}:{}:event-bus/default", group.account);
    (bus, json!({"Kind": kind, "Resources": [group.arn, instance], "Detail": detail}))
}

/// Tells a topic, or a hook's target, that it will be told.
pub(crate) fn test_notification(tx: &mut dyn Tx, group: &Group, to: &str, now: Timestamp) -> Result<()> {
    let body = json!({
        "AccountId": group.account,
        "RequestId": uuid(),
        "AutoScalingGroupARN": group.arn,
        "AutoScalingGroupName": group.name,
        "Service": "AWS Auto Scaling",
        "Event": Notice::Test.name(),
        "Time": moment_in_message(now),
    });
    Ok(tx.put(&Letter::new(&group.account, to, &Notice::Test.subject(&group.name), &body))?)
}

fn body(group: &Group, notice: Notice, activity: Option<&Activity>, member: &Member, now: Timestamp) -> Value {
    let mut body = json!({
        "Origin": "EC2",
        "Destination": "AutoScalingGroup",
        "AccountId": group.account,
        "AutoScalingGroupARN": group.arn,
        "AutoScalingGroupName": group.name,
        "Service": "AWS Auto Scaling",
        "Event": notice.name(),
        "Time": moment_in_message(now),
        "EC2InstanceId": member.instance.clone().unwrap_or_default(),
    });
    let Some(activity) = activity else { return body };
    let more = json!({
        "ActivityId": activity.id,
        "RequestId": activity.id,
        "Description": activity.description,
        "Cause": activity.cause,
        "Progress": activity.progress,
        "StatusCode": activity.status.name(),
        "StatusMessage": activity.message.clone().unwrap_or_default(),
        "StartTime": moment_in_message(activity.start),
        "EndTime": moment_in_message(activity.end.unwrap_or(now)),
        "Details": {"Subnet ID": activity.subnet.clone().unwrap_or_default(), "Availability Zone": activity.zone},
    });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}
