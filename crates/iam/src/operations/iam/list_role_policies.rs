//! ListRolePolicies: the names of a role's inline policies.

use std::sync::Arc;

use freehold_api::iam::{ListRolePoliciesRequest, ListRolePoliciesResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::{find, pages};
use crate::Iam;
use crate::errors::Error;
use crate::model::Role;

pub(super) async fn list_role_policies(
    iam: Arc<Iam>,
    call: Call,
    input: ListRolePoliciesRequest,
) -> Result<ListRolePoliciesResponse, freehold_wire::Error> {
    let name = input.role_name.unwrap_or_default();
    let role = iam.store.get::<Role>(&Role::id(call.account(), &name)).map_err(Error::from)?;
    let names: Vec<String> = role.ok_or_else(|| find::no_role(&name))?.policies.into_keys().collect();
    let query = [call.operation, call.account(), &name];
    let page = pages::page(names, &query, input.marker.as_deref(), input.max_items, String::as_str)?;
    Ok(ListRolePoliciesResponse {
        policy_names: Some(page.items),
        is_truncated: Some(page.marker.is_some()),
        marker: page.marker,
    })
}
