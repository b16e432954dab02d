//! Resource policies: which services may write to the account's groups. They have their effect in `target`.

mod delete_resource_policy;
mod describe_resource_policies;
mod put_resource_policy;

use std::sync::Arc;

use freehold_api::logs::{ResourcePolicy as Shown, op};
use freehold_wire::Service;

use crate::Logs;
use crate::errors::Error;
use crate::model::ResourcePolicy;

pub(super) fn register(service: Service, state: &Arc<Logs>) -> Service {
    service
        .on(op::PutResourcePolicy, state, put_resource_policy::put_resource_policy)
        .on(op::DescribeResourcePolicies, state, describe_resource_policies::describe_resource_policies)
        .on(op::DeleteResourcePolicy, state, delete_resource_policy::delete_resource_policy)
}

/// Policies belong to the account; those of single groups are not here yet.
fn check_absent(resource_arn: Option<&String>, expected_revision: Option<&String>) -> Result<(), Error> {
    match (resource_arn, expected_revision) {
        (Some(_), _) => Err(Error::not_here("resourceArn")),
        // API reference, PutResourcePolicy: it is for policies of resources.
        (None, Some(_)) => {
            Err(Error::InvalidParameter("expectedRevisionId is for policies with a resourceArn.".into()))
        }
        (None, None) => Ok(()),
    }
}

fn view(policy: ResourcePolicy) -> Shown {
    Shown {
        policy_name: Some(policy.name),
        policy_document: Some(policy.document),
        last_updated_time: Some(policy.updated.as_millisecond()),
        policy_scope: Some("ACCOUNT".into()),
        ..Default::default()
    }
}
