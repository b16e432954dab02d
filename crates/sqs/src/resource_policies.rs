//! Policies of queues, as IAM asks for them.

use freehold_iam::{ResourcePolicies, ResourcePolicy};

use crate::Sqs;
use crate::address::Name;

/// *SQS developer guide, Custom policies: cross-account permissions don't apply to the following actions*
const OWNERS_ONLY: [&str; 12] = [
    "sqs:AddPermission",
    "sqs:CancelMessageMoveTask",
    "sqs:CreateQueue",
    "sqs:DeleteQueue",
    "sqs:ListMessageMoveTasks",
    "sqs:ListQueueTags",
    "sqs:ListQueues",
    "sqs:RemovePermission",
    "sqs:SetQueueAttributes",
    "sqs:StartMessageMoveTask",
    "sqs:TagQueue",
    "sqs:UntagQueue",
];

impl ResourcePolicies for Sqs {
    fn policy_of(&self, arn: &str) -> ResourcePolicy {
        let queue = Name::of_arn(arn, &self.region).and_then(|name| self.registry.get(name));
        match queue {
            None => ResourcePolicy::NoResource,
            Some(queue) => queue.policy.clone().map_or(ResourcePolicy::Unset, ResourcePolicy::Set),
        }
    }

    fn owners_only(&self) -> &'static [&'static str] {
        &OWNERS_ONLY
    }
}
