//! GetCallerIdentity: who signed this.

use std::sync::Arc;

use freehold_api::sts::{GetCallerIdentityRequest, GetCallerIdentityResponse};
use freehold_wire::{Call, Error};

use crate::Iam;

pub(crate) async fn get_caller_identity(
    _: Arc<Iam>,
    call: Call,
    _: GetCallerIdentityRequest,
) -> Result<GetCallerIdentityResponse, Error> {
    let arn = call.principal.arn.to_string();
    Ok(GetCallerIdentityResponse {
        user_id: Some(call.principal.user_id),
        account: Some(call.principal.account),
        arn: Some(arn),
    })
}
