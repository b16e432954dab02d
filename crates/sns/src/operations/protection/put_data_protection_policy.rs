//! PutDataProtectionPolicy.

use std::sync::Arc;

use freehold_api::sns::PutDataProtectionPolicyInput;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::checked;
use crate::Sns;
use crate::operations::arns;

pub(super) async fn put_data_protection_policy(
    sns: Arc<Sns>,
    call: Call,
    input: PutDataProtectionPolicyInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::topic(&call, "ResourceArn", input.resource_arn)?;
    sns.topic(&arn)?;
    let policy = checked(&input.data_protection_policy.unwrap_or_default())?;
    sns.change_topic(&arn, move |topic| {
        topic.data_protection_policy = policy;
        Ok(())
    })
    .await?;
    Ok(Unit)
}
