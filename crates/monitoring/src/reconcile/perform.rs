//! One action, taken.

use freehold_api::ec2::{self, op as ec2_op};
use freehold_api::sns::{self, op as sns_op};
use freehold_core::Principal;
use freehold_core::targets::{Sender, TargetError};
use freehold_wire::{Error, Fault};
use serde_json::json;

use crate::CloudWatch;
use crate::alarms::{InstanceAction, Target};
use crate::model::{Action, Notice};

/// Who acts.
const SERVICE: &str = "cloudwatch.amazonaws.com";
/// Who acts on functions, as their policies name it.
const FUNCTIONS_CALLER: &str = "lambda.alarms.cloudwatch.amazonaws.com";

pub(super) enum Outcome {
    Done,
    /// Trying the same again will not help.
    InVain(String),
    Later(String),
}

pub(super) async fn perform(state: &CloudWatch, action: &Action) -> Outcome {
    match Target::parse(&action.target) {
        Ok(Target::Topic) => publish(state, action).await,
        Ok(Target::Policy) => scale(state, action).await,
        Ok(Target::Function) => invoke(state, action).await,
        Ok(Target::Instance(what)) => change_instance(state, action, what).await,
        Err(error) => Outcome::InVain(error.to_string()),
    }
}

fn as_service(action: &Action) -> Principal {
    Principal::service_linked(&action.account, "CloudWatchEvents")
}

async fn publish(state: &CloudWatch, action: &Action) -> Outcome {
    let input = sns::PublishInput {
        topic_arn: Some(action.target.clone()),
        subject: Some(action.notice.subject.clone()),
        message: Some(action.notice.message.clone()),
        ..Default::default()
    };
    called(state.local.call::<sns_op::Publish>(as_service(action), input).await)
}

/// What Auto Scaling reads: the alarm, its state, and the latest value of its metric.
async fn scale(state: &CloudWatch, action: &Action) -> Outcome {
    let Notice { alarm_arn, alarm_name, state: value, value: latest, is_breaching, .. } = &action.notice;
    let payload = json!({
        "alarmArn": alarm_arn,
        "alarmName": alarm_name,
        "state": value.name(),
        "metricValue": latest,
        "breaching": is_breaching,
        "time": action.notice.at.as_second(),
    });
    let sender = Sender { service: SERVICE, arn: alarm_arn.clone() };
    deliver(state, action, payload.to_string().as_bytes(), &sender).await
}

async fn invoke(state: &CloudWatch, action: &Action) -> Outcome {
    let sender = Sender { service: FUNCTIONS_CALLER, arn: action.notice.alarm_arn.clone() };
    deliver(state, action, action.notice.event.as_bytes(), &sender).await
}

async fn deliver(state: &CloudWatch, action: &Action, payload: &[u8], sender: &Sender) -> Outcome {
    match state.targets.deliver(&action.target, payload, sender).await {
        Ok(()) => Outcome::Done,
        Err(TargetError::Unavailable(why)) => Outcome::Later(why),
        Err(error) => Outcome::InVain(error.to_string()),
    }
}

async fn change_instance(state: &CloudWatch, action: &Action, what: InstanceAction) -> Outcome {
    let Some(instance) = &action.notice.instance else {
        return Outcome::InVain("The alarm's metric names no instance.".into());
    };
    let (instance_ids, caller) = (Some(vec![instance.clone()]), as_service(action));
    match what {
        InstanceAction::Stop => {
            let input = ec2::StopInstancesRequest { instance_ids, ..Default::default() };
            called(state.local.call::<ec2_op::StopInstances>(caller, input).await)
        }
        InstanceAction::Terminate => {
            let input = ec2::TerminateInstancesRequest { instance_ids, ..Default::default() };
            called(state.local.call::<ec2_op::TerminateInstances>(caller, input).await)
        }
        InstanceAction::Reboot => {
            let input = ec2::RebootInstancesRequest { instance_ids, ..Default::default() };
            called(state.local.call::<ec2_op::RebootInstances>(caller, input).await)
        }
    }
}

fn called<T>(answer: Result<T, Error>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Done,
        Err(error) if error.fault == Fault::Receiver => Outcome::Later(error.to_string()),
        Err(error) => Outcome::InVain(error.to_string()),
    }
}
