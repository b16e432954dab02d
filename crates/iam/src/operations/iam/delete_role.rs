//! DeleteRole: only of a role that nothing hangs on.

use std::sync::Arc;

use freehold_api::iam::DeleteRoleRequest;
use freehold_store::{Document, Filter, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::find;
use crate::Iam;
use crate::errors::Error;
use crate::model::{InstanceProfile, Role};

pub(super) async fn delete_role(
    iam: Arc<Iam>,
    call: Call,
    input: DeleteRoleRequest,
) -> Result<Unit, freehold_wire::Error> {
    let name = input.role_name.unwrap_or_default();
    iam.store
        .transact::<_, Error, _>(move |tx| {
            let role = find::role(tx, call.account(), &name)?;
            if !tx.list::<InstanceProfile>(&Filter::index(0, Document::id(&role)))?.is_empty() {
                return Err(Error::DeleteConflict("remove roles from instance profile"));
            }
            if !role.policies.is_empty() {
                return Err(Error::DeleteConflict("delete policies"));
            }
            tx.delete::<Role>(Document::id(&role))?;
            Ok(Unit)
        })
        .await
        .map_err(Into::into)
}
