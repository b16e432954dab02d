//! `DescribeTerminationPolicyTypes`.

use std::sync::Arc;

use freehold_api::autoscaling::DescribeTerminationPolicyTypesAnswer;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::Result;
use crate::model::TerminationPolicy;

pub(super) async fn describe_termination_policy_types(
    _: Arc<AutoScaling>,
    _: Call,
    _: Unit,
) -> Result<DescribeTerminationPolicyTypesAnswer> {
    let names = TerminationPolicy::ALL.iter().map(|policy| policy.name().to_owned());
    Ok(DescribeTerminationPolicyTypesAnswer { termination_policy_types: Some(names.collect()) })
}
