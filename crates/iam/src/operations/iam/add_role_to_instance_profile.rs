//! AddRoleToInstanceProfile.

use std::sync::Arc;

use freehold_api::iam::AddRoleToInstanceProfileRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::find;
use crate::Iam;
use crate::errors::Error;

pub(super) async fn add_role_to_instance_profile(
    iam: Arc<Iam>,
    call: Call,
    input: AddRoleToInstanceProfileRequest,
) -> Result<Unit, freehold_wire::Error> {
    let (profile, role) = (input.instance_profile_name.unwrap_or_default(), input.role_name.unwrap_or_default());
    iam.store
        .transact::<_, Error, _>(move |tx| {
            let mut profile = find::instance_profile(tx, call.account(), &profile)?;
            let role = find::role(tx, call.account(), &role)?;
            if profile.role.is_some() {
                return Err(Error::LimitExceeded { quota: "InstanceSessionsPerInstanceProfile", limit: 1 });
            }
            profile.role = Some(role.name);
            tx.put(&profile)?;
            Ok(Unit)
        })
        .await
        .map_err(Into::into)
}
