//! DescribeResourcePolicies: by name.

use std::sync::Arc;

use freehold_api::logs::{DescribeResourcePoliciesRequest, DescribeResourcePoliciesResponse};
use freehold_core::pagination::{Query, page};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::Logs;
use crate::errors::Error;
use crate::model::ResourcePolicy;
use crate::operations::pages;

pub(super) async fn describe_resource_policies(
    state: Arc<Logs>,
    call: Call,
    input: DescribeResourcePoliciesRequest,
) -> Result<DescribeResourcePoliciesResponse, freehold_wire::Error> {
    if input.policy_scope.as_deref() == Some("RESOURCE") {
        return Err(Error::not_here("policyScope").into());
    }
    super::check_absent(input.resource_arn.as_ref(), None)?;
    let query = Query::new(["DescribeResourcePolicies", call.account()]);
    let after = pages::after(&query, input.next_token.as_deref())?;
    let filter = Filter {
        after: after.map(|name| ResourcePolicy::id_of(call.account(), &name)),
        ..Filter::account(call.account())
    };
    let found = state.store.list::<ResourcePolicy>(&filter).map_err(Error::from)?;
    let (found, next_token) = page(found, pages::size(input.limit), &query, |policy| &policy.name);
    let resource_policies = found.into_iter().map(super::view).collect();
    Ok(DescribeResourcePoliciesResponse { resource_policies: Some(resource_policies), next_token })
}
