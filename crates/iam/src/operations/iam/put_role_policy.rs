//! PutRolePolicy: adds an inline policy to a role, or replaces it.

use std::sync::Arc;

use freehold_api::iam::PutRolePolicyRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::find;
use crate::Iam;
use crate::errors::Error;
use crate::policy::{Kind, Policy};

/// Characters of all inline policies of a role together, white space not counted (*IAM user guide, IAM and STS
/// quotas*).
const MAX_POLICY_CHARACTERS: usize = 10_240;

pub(super) async fn put_role_policy(
    iam: Arc<Iam>,
    call: Call,
    input: PutRolePolicyRequest,
) -> Result<Unit, freehold_wire::Error> {
    let document = input.policy_document.unwrap_or_default();
    Policy::parse(&document, Kind::Identity).map_err(Error::from)?;
    let (role_name, policy_name) = (input.role_name.unwrap_or_default(), input.policy_name.unwrap_or_default());
    iam.store
        .transact::<_, Error, _>(move |tx| {
            let mut role = find::role(tx, call.account(), &role_name)?;
            role.policies.insert(policy_name, document);
            let characters = |text: &String| text.chars().filter(|character| !character.is_whitespace()).count();
            if role.policies.values().map(characters).sum::<usize>() > MAX_POLICY_CHARACTERS {
                return Err(Error::PolicySize(MAX_POLICY_CHARACTERS, role.name));
            }
            tx.put(&role)?;
            Ok(Unit)
        })
        .await
        .map_err(Into::into)
}
