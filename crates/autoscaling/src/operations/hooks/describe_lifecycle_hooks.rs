//! `DescribeLifecycleHooks`.

use std::sync::Arc;

use freehold_api::autoscaling::{DescribeLifecycleHooksAnswer, DescribeLifecycleHooksType, LifecycleHook};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::{check, show::int};

pub(super) async fn describe_lifecycle_hooks(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribeLifecycleHooksType,
) -> Result<DescribeLifecycleHooksAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let group = own.group(call.account(), &name)?;
    let names = input.lifecycle_hook_names.filter(|names| !names.is_empty());
    let hooks = group.hooks.iter().filter(|hook| names.as_ref().is_none_or(|names| names.contains(&hook.name)));
    let shown = hooks.map(|hook| LifecycleHook {
        lifecycle_hook_name: Some(hook.name.clone()),
        auto_scaling_group_name: Some(group.name.clone()),
        lifecycle_transition: Some(hook.transition.name().into()),
        notification_target_arn: hook.target.clone(),
        role_arn: hook.role.clone(),
        notification_metadata: hook.metadata.clone(),
        heartbeat_timeout: int(hook.heartbeat_timeout),
        global_timeout: int(hook.global_timeout()),
        default_result: Some(hook.default_result.name().into()),
    });
    Ok(DescribeLifecycleHooksAnswer { lifecycle_hooks: Some(shown.collect()) })
}
