//! `UnmonitorInstances`: basic monitoring, a measurement every five minutes.

use std::sync::Arc;

use freehold_api::ec2::{UnmonitorInstancesRequest, UnmonitorInstancesResult};
use freehold_wire::Call;

use super::monitor_instances::switch;
use crate::Ec2;
use crate::errors::{Error, Result};

pub async fn unmonitor_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: UnmonitorInstancesRequest,
) -> Result<UnmonitorInstancesResult> {
    if input.metric_category_ids.is_some_and(|ids| !ids.is_empty()) {
        return Err(Error::no_effect("MetricCategoryIds"));
    }
    let monitorings = switch(&ec2, &call, input.instance_ids, input.dry_run, false).await?;
    Ok(UnmonitorInstancesResult { instance_monitorings: Some(monitorings) })
}
