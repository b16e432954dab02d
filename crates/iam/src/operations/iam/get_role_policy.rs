//! GetRolePolicy.

use std::sync::Arc;

use freehold_api::iam::{GetRolePolicyRequest, GetRolePolicyResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::{find, view};
use crate::Iam;
use crate::errors::Error;
use crate::model::Role;

pub(super) async fn get_role_policy(
    iam: Arc<Iam>,
    call: Call,
    input: GetRolePolicyRequest,
) -> Result<GetRolePolicyResponse, freehold_wire::Error> {
    let (role_name, policy_name) = (input.role_name.unwrap_or_default(), input.policy_name.unwrap_or_default());
    let role = iam.store.get::<Role>(&Role::id(call.account(), &role_name)).map_err(Error::from)?;
    let role = role.ok_or_else(|| find::no_role(&role_name))?;
    let Some(document) = role.policies.get(&policy_name) else {
        return Err(Error::NoSuchPolicy(policy_name).into());
    };
    Ok(GetRolePolicyResponse {
        policy_document: Some(view::document(document)),
        role_name: Some(role.name),
        policy_name: Some(policy_name),
    })
}
