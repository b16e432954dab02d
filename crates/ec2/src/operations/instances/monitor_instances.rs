//! `MonitorInstances`: detailed monitoring, a measurement a minute.

use std::sync::Arc;

use freehold_api::ec2::{InstanceMonitoring, MonitorInstancesRequest, MonitorInstancesResult, Monitoring};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::model::Instance;
use crate::operations::dry_run;
use crate::{Ec2, lookup};

pub async fn monitor_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: MonitorInstancesRequest,
) -> Result<MonitorInstancesResult> {
    if input.metric_category_ids.is_some_and(|ids| !ids.is_empty()) {
        return Err(Error::no_effect("MetricCategoryIds"));
    }
    let monitorings = switch(&ec2, &call, input.instance_ids, input.dry_run, true).await?;
    Ok(MonitorInstancesResult { instance_monitorings: Some(monitorings) })
}

/// Switches all or none. Switching on is `pending` until the next minute begins, and shown as such in this answer only.
pub(super) async fn switch(
    ec2: &Ec2,
    call: &Call,
    ids: Option<Vec<String>>,
    dry: Option<bool>,
    on: bool,
) -> Result<Vec<InstanceMonitoring>> {
    let ids = ids.filter(|ids| !ids.is_empty()).ok_or(Error::MissingParameter("InstanceId"))?;
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let mut shown = Vec::new();
            for mut instance in lookup::many::<Instance>(tx, &account, &ids)? {
                if instance.state.is_ending() {
                    return Err(Error::IncorrectInstanceState(format!(
                        "The instance '{}' is not in a state from which it can be monitored.",
                        instance.id
                    )));
                }
                let state = match (instance.monitoring, on) {
                    (true, true) => "enabled",
                    (false, true) => "pending",
                    (true, false) => "disabling",
                    (false, false) => "disabled",
                };
                shown.push(InstanceMonitoring {
                    instance_id: Some(instance.id.clone()),
                    monitoring: Some(Monitoring { state: Some(state.into()), ..Default::default() }),
                });
                if instance.monitoring != on {
                    instance.monitoring = on;
                    tx.put(&instance)?;
                }
            }
            dry_run(dry)?;
            Ok(shown)
        })
        .await
}
