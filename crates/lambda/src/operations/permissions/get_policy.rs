//! GetPolicy.

use std::sync::Arc;

use freehold_api::lambda::{GetPolicyRequest, GetPolicyResponse};
use freehold_wire::Call;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::names::FunctionName;
use crate::policy;

pub(super) async fn get_policy(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetPolicyRequest,
) -> Result<GetPolicyResponse, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let mut function = lookup::function(&lambda.store, &name)?;
    lookup::qualified(&lambda.store, &name)?;
    let found = function.policies.remove(policy::key(name.qualifier.as_deref())).ok_or_else(Error::no_resource)?;
    Ok(GetPolicyResponse { policy: Some(found.policy), revision_id: Some(found.revision_id) })
}
