//! GetRole.

use std::sync::Arc;

use freehold_api::iam::{GetRoleRequest, GetRoleResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::{find, view};
use crate::Iam;
use crate::errors::Error;
use crate::model::Role;

pub(super) async fn get_role(
    iam: Arc<Iam>,
    call: Call,
    input: GetRoleRequest,
) -> Result<GetRoleResponse, freehold_wire::Error> {
    let name = input.role_name.unwrap_or_default();
    let role = iam.store.get::<Role>(&Role::id(call.account(), &name)).map_err(Error::from)?;
    let role = role.ok_or_else(|| find::no_role(&name))?;
    Ok(GetRoleResponse { role: Some(view::role(&role)) })
}
