//! GetDataProtectionPolicy.

use std::sync::Arc;

use freehold_api::sns::{GetDataProtectionPolicyInput, GetDataProtectionPolicyResponse};
use freehold_wire::Call;

use crate::Sns;
use crate::operations::arns;

pub(super) async fn get_data_protection_policy(
    sns: Arc<Sns>,
    call: Call,
    input: GetDataProtectionPolicyInput,
) -> Result<GetDataProtectionPolicyResponse, freehold_wire::Error> {
    let arn = arns::topic(&call, "ResourceArn", input.resource_arn)?;
    let policy = sns.topic(&arn)?.topic.data_protection_policy.clone();
    Ok(GetDataProtectionPolicyResponse { data_protection_policy: Some(policy.unwrap_or_default()) })
}
