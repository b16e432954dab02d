//! RemoveRoleFromInstanceProfile.

use std::sync::Arc;

use freehold_api::iam::RemoveRoleFromInstanceProfileRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::find;
use crate::Iam;
use crate::errors::Error;

pub(super) async fn remove_role_from_instance_profile(
    iam: Arc<Iam>,
    call: Call,
    input: RemoveRoleFromInstanceProfileRequest,
) -> Result<Unit, freehold_wire::Error> {
    let (profile, role) = (input.instance_profile_name.unwrap_or_default(), input.role_name.unwrap_or_default());
    iam.store
        .transact::<_, Error, _>(move |tx| {
            let mut profile = find::instance_profile(tx, call.account(), &profile)?;
            if profile.role.as_ref().is_none_or(|own| !own.eq_ignore_ascii_case(&role)) {
                return Err(find::no_role(&role));
            }
            profile.role = None;
            tx.put(&profile)?;
            Ok(Unit)
        })
        .await
        .map_err(Into::into)
}
