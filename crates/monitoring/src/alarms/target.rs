//! What alarms act on, by its ARN (*API reference, PutMetricAlarm: AlarmActions*).

use freehold_core::Arn;

use crate::errors::Error;

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Publishes to a topic.
    Topic,
    /// Carries out a scaling policy; again and again while the state lasts.
    Policy,
    Instance(InstanceAction),
    /// Invokes a function, asynchronously.
    Function,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstanceAction {
    Stop,
    Terminate,
    Reboot,
}

/// How actions of instances begin in ARNs of workflows, which old clients use.
const WORKFLOW: &str = "action/actions/AWS_EC2.InstanceId.";

impl Target {
    /// Refuses what there is nothing for here.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let invalid = || Error::Validation(format!("Invalid arn syntax: {text}"));
        let arn: Arn = text.parse().map_err(|_| invalid())?;
        match arn.service.as_str() {
            "sns" if !arn.resource.is_empty() && !arn.account.is_empty() => Ok(Self::Topic),
            "autoscaling" if arn.resource.starts_with("scalingPolicy:") => Ok(Self::Policy),
            "lambda" if arn.resource.starts_with("function:") => Ok(Self::Function),
            // arn:aws:automate:REGION:ec2:stop
            "automate" if arn.account == "ec2" => instance(&arn.resource, text),
            "swf" if arn.resource.starts_with(WORKFLOW) => {
                let (action, _) = arn.resource[WORKFLOW.len()..].split_once('/').ok_or_else(invalid)?;
                instance(&action.to_ascii_lowercase(), text)
            }
            "sns" | "autoscaling" | "lambda" | "automate" | "swf" => Err(invalid()),
            other => Err(Error::Validation(format!(
                "Freehold does not have alarm actions of the service {other} yet: {text}"
            ))),
        }
    }
}

fn instance(action: &str, text: &str) -> Result<Target, Error> {
    match action {
        "stop" => Ok(Target::Instance(InstanceAction::Stop)),
        "terminate" => Ok(Target::Instance(InstanceAction::Terminate)),
        "reboot" => Ok(Target::Instance(InstanceAction::Reboot)),
        "recover" => Err(Error::Validation(format!(
            "Freehold does not have the alarm action recover yet: there is no other host to recover an instance on. {text}"
        ))),
        _ => Err(Error::Validation(format!("Invalid arn syntax: {text}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_known_by_their_arn() {
        let policy =
            "arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:c3f0:autoScalingGroupName/g:policyName/p";
        for (arn, expected) in [
            ("arn:aws:sns:us-east-1:111122223333:topic", Target::Topic),
            ("arn:aws:lambda:us-east-1:111122223333:function:f:live", Target::Function),
            (policy, Target::Policy),
            ("arn:aws:automate:us-east-1:ec2:stop", Target::Instance(InstanceAction::Stop)),
            (
                "arn:aws:swf:us-east-1:111122223333:action/actions/AWS_EC2.InstanceId.Terminate/1.0",
                Target::Instance(InstanceAction::Terminate),
            ),
        ] {
            assert_eq!(Target::parse(arn).unwrap(), expected, "{arn}");
        }
        for arn in [
            "",
            "topic",
            "arn:aws:automate:us-east-1:ec2:recover",
            "arn:aws:automate:us-east-1:ec2:paint",
            "arn:aws:lambda:us-east-1:111122223333:layer:l",
            "arn:aws:ssm:us-east-1:111122223333:opsitem:1",
        ] {
            assert!(Target::parse(arn).is_err(), "{arn}");
        }
    }
}
