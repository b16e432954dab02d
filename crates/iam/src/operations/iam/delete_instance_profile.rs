//! DeleteInstanceProfile: only of a profile without a role.

use std::sync::Arc;

use freehold_api::iam::DeleteInstanceProfileRequest;
use freehold_store::{Document, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::find;
use crate::Iam;
use crate::errors::Error;
use crate::model::InstanceProfile;

pub(super) async fn delete_instance_profile(
    iam: Arc<Iam>,
    call: Call,
    input: DeleteInstanceProfileRequest,
) -> Result<Unit, freehold_wire::Error> {
    let name = input.instance_profile_name.unwrap_or_default();
    iam.store
        .transact::<_, Error, _>(move |tx| {
            let profile = find::instance_profile(tx, call.account(), &name)?;
            if profile.role.is_some() {
                return Err(Error::DeleteConflict("remove roles from instance profile"));
            }
            tx.delete::<InstanceProfile>(Document::id(&profile))?;
            Ok(Unit)
        })
        .await
        .map_err(Into::into)
}
