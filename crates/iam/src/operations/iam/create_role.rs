//! CreateRole.

use std::sync::Arc;

use freehold_api::iam::{CreateRoleRequest, CreateRoleResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{find, view};
use crate::errors::Error;
use crate::model::Role;
use crate::policy::{Kind, Policy};
use crate::{Iam, generate};

pub(super) async fn create_role(
    iam: Arc<Iam>,
    call: Call,
    input: CreateRoleRequest,
) -> Result<CreateRoleResponse, freehold_wire::Error> {
    if let Some(boundary) = input.permissions_boundary {
        // A boundary is a managed policy, and there are none.
        return Err(Error::NoSuchManagedPolicy(boundary).into());
    }
    let trust_policy = input.assume_role_policy_document.unwrap_or_default();
    Policy::parse(&trust_policy, Kind::Trust).map_err(Error::from)?;
    let name = input.role_name.unwrap_or_default();
    let path = input.path.unwrap_or_else(|| "/".to_owned());
    let mut role = Role::new(call.account(), &name, path, generate::role_id(), iam.clock.now());
    role.trust_policy = trust_policy;
    role.description = input.description;
    role.max_session_seconds = input.max_session_duration.unwrap_or(role.max_session_seconds);
    role.tags = find::tags(input.tags)?;
    let role = iam
        .store
        .transact::<_, Error, _>(move |tx| {
            if tx.get::<Role>(&Role::id(&role.account, &role.name))?.is_some() {
                return Err(Error::EntityAlreadyExists { kind: "Role", name: role.name });
            }
            tx.put(&role)?;
            Ok(role)
        })
        .await?;
    Ok(CreateRoleResponse { role: Some(view::role(&role)) })
}
