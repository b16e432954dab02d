//! PutResourcePolicy: a new one, or another document for one of the same name.

use std::sync::Arc;

use freehold_api::logs::{PutResourcePolicyRequest, PutResourcePolicyResponse};
use freehold_iam::policy::{Kind, Policy};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use crate::Logs;
use crate::errors::Error;
use crate::model::ResourcePolicy;

/// Policies of an account (*CloudWatch Logs quotas*).
const AT_MOST: usize = 10;
/// Bytes of a policy of an account (*API reference, PutResourcePolicy: policyDocument*).
const BYTES: usize = 5_120;

pub(super) async fn put_resource_policy(
    state: Arc<Logs>,
    call: Call,
    input: PutResourcePolicyRequest,
) -> Result<PutResourcePolicyResponse, freehold_wire::Error> {
    super::check_absent(input.resource_arn.as_ref(), input.expected_revision_id.as_ref())?;
    let name = input.policy_name.unwrap_or_default();
    if name.is_empty() {
        return Err(Error::InvalidParameter("policyName is required.".into()).into());
    }
    let document = input.policy_document.unwrap_or_default();
    if document.len() > BYTES {
        return Err(Error::InvalidParameter(format!("policyDocument is longer than {BYTES} bytes.")).into());
    }
    Policy::parse(&document, Kind::Resource)
        .map_err(|error| Error::InvalidParameter(format!("Unable to parse the policy document: {error}")))?;
    let policy = ResourcePolicy {
        id: ResourcePolicy::id_of(call.account(), &name),
        account: call.account().to_owned(),
        name,
        document,
        updated: state.now(),
    };
    let put = move |tx: &mut dyn freehold_store::Tx| {
        tx.put(&policy)?;
        if tx.list::<ResourcePolicy>(&Filter::account(&policy.account))?.len() > AT_MOST {
            return Err(Error::LimitExceeded);
        }
        Ok(policy)
    };
    let policy = state.store.transact::<_, Error, _>(put).await?;
    Ok(PutResourcePolicyResponse { resource_policy: Some(super::view(policy)), ..Default::default() })
}
