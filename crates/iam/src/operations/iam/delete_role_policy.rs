//! DeleteRolePolicy.

use std::sync::Arc;

use freehold_api::iam::DeleteRolePolicyRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::find;
use crate::Iam;
use crate::errors::Error;

pub(super) async fn delete_role_policy(
    iam: Arc<Iam>,
    call: Call,
    input: DeleteRolePolicyRequest,
) -> Result<Unit, freehold_wire::Error> {
    let (role_name, policy_name) = (input.role_name.unwrap_or_default(), input.policy_name.unwrap_or_default());
    iam.store
        .transact::<_, Error, _>(move |tx| {
            let mut role = find::role(tx, call.account(), &role_name)?;
            if role.policies.remove(&policy_name).is_none() {
                return Err(Error::NoSuchPolicy(policy_name));
            }
            tx.put(&role)?;
            Ok(Unit)
        })
        .await
        .map_err(Into::into)
}
