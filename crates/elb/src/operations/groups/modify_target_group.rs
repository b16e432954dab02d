//! ModifyTargetGroup: its health checks.

use std::sync::Arc;

use freehold_api::elbv2::{ModifyTargetGroupInput, ModifyTargetGroupOutput};
use freehold_wire::Call;

use super::health_check::{self, Of, Wanted};
use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::{TargetGroup, Uses};

pub(super) async fn modify_target_group(
    elb: Arc<Elb>,
    call: Call,
    input: ModifyTargetGroupInput,
) -> Result<ModifyTargetGroupOutput, freehold_wire::Error> {
    let arn = input.target_group_arn.unwrap_or_default();
    let wanted = Wanted {
        enabled: input.health_check_enabled,
        protocol: input.health_check_protocol,
        port: input.health_check_port,
        path: input.health_check_path,
        matcher: input.matcher,
        interval: input.health_check_interval_seconds,
        timeout: input.health_check_timeout_seconds,
        healthy: input.healthy_threshold_count,
        unhealthy: input.unhealthy_threshold_count,
    };
    let modified = elb.change::<TargetGroup, _>(call.account(), &arn, move |_, group| {
        let of = Of { protocol: group.protocol, version: group.protocol_version };
        group.health_check = health_check::changed(of, group.health_check.clone(), wanted)?;
        Ok(())
    });
    let group = modified.await?;
    let uses = Uses::of(&*elb.store, call.account()).map_err(Error::from)?;
    Ok(ModifyTargetGroupOutput { target_groups: Some(vec![view::group(&group, &uses)]) })
}
