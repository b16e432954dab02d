//! Policies of queues, as IAM asks for them.

use freehold_iam::{ResourcePolicies, ResourcePolicy};

use crate::Sqs;
use crate::address::Name;

impl ResourcePolicies for Sqs {
    fn policy_of(&self, arn: &str) -> ResourcePolicy {
        let queue = Name::of_arn(arn, &self.region).and_then(|name| self.registry.get(name));
        match queue {
            None => ResourcePolicy::NoResource,
            Some(queue) => queue.policy.clone().map_or(ResourcePolicy::Unset, ResourcePolicy::Set),
        }
    }
}
