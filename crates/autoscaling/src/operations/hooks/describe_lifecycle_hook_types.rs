//! `DescribeLifecycleHookTypes`.

use std::sync::Arc;

use freehold_api::autoscaling::DescribeLifecycleHookTypesAnswer;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::Result;
use crate::model::Transition;

pub(super) async fn describe_lifecycle_hook_types(
    _: Arc<AutoScaling>,
    _: Call,
    _: Unit,
) -> Result<DescribeLifecycleHookTypesAnswer> {
    let names = [Transition::Launching, Transition::Terminating].map(|transition| transition.name().to_owned());
    Ok(DescribeLifecycleHookTypesAnswer { lifecycle_hook_types: Some(names.into()) })
}
