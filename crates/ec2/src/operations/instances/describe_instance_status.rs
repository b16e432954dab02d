//! `DescribeInstanceStatus`. A running instance is well: what would be a failed status check is an exit, and ends it.

use std::sync::Arc;

use freehold_api::ec2::{
    DescribeInstanceStatusRequest, DescribeInstanceStatusResult, EbsStatusDetails, EbsStatusSummary, InstanceStatus,
    InstanceStatusDetails, InstanceStatusSummary, OperatorResponse,
};
use freehold_wire::Call;

use super::view;
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::model::{Instance, InstanceState};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

/// *API reference, DescribeInstanceStatus: Filter.N*. There are no scheduled events.
const FILTERS: Table<Instance> = Table {
    values: &[
        ("attached-ebs-status.reachability", |i| reachability(i).into_iter().collect()),
        ("attached-ebs-status.status", |i| vec![status(i)]),
        ("availability-zone", |i| vec![i.placement.zone.clone()]),
        ("availability-zone-id", |i| vec![i.placement.zone_id.clone()]),
        ("event.code", |_| Vec::new()),
        ("event.description", |_| Vec::new()),
        ("event.instance-event-id", |_| Vec::new()),
        ("event.not-after", |_| Vec::new()),
        ("event.not-before", |_| Vec::new()),
        ("event.not-before-deadline", |_| Vec::new()),
        ("instance-state-code", |i| vec![i.state.code().to_string()]),
        ("instance-state-name", |i| vec![i.state.name().into()]),
        ("instance-status.reachability", |i| reachability(i).into_iter().collect()),
        ("instance-status.status", |i| vec![status(i)]),
        ("operator.managed", |_| vec!["false".into()]),
        ("operator.principal", |_| Vec::new()),
        ("system-status.reachability", |i| reachability(i).into_iter().collect()),
        ("system-status.status", |i| vec![status(i)]),
    ],
    tags: None,
};

pub async fn describe_instance_status(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeInstanceStatusRequest,
) -> Result<DescribeInstanceStatusResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let ids = input.instance_ids.filter(|ids| !ids.is_empty());
    if ids.is_some() && input.max_results.is_some() {
        return Err(Error::InvalidParameterCombination(
            "The parameter instancesSet cannot be used with the parameter maxResults".into(),
        ));
    }
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let mut instances: Vec<Instance> = lookup::named_or_all(&mut ec2.committed(), call.account(), ids.as_deref())?;
    dry_run(input.dry_run)?;

    let all = input.include_all_instances == Some(true);
    instances.retain(|instance| (all || instance.state == InstanceState::Running) && filters.admit(instance));
    let page = paging.page(instances, |instance| &instance.id)?;
    let statuses = page.items.iter().map(instance_status).collect();
    Ok(DescribeInstanceStatusResult { instance_statuses: Some(statuses), next_token: page.next_token })
}

fn status(instance: &Instance) -> String {
    if instance.state == InstanceState::Running { "ok" } else { "not-applicable" }.into()
}

fn reachability(instance: &Instance) -> Option<String> {
    (instance.state == InstanceState::Running).then(|| "passed".into())
}

fn instance_status(instance: &Instance) -> InstanceStatus {
    let reachability = reachability(instance);
    let details = reachability.clone().map(|passed| {
        vec![InstanceStatusDetails { name: Some("reachability".into()), status: Some(passed), ..Default::default() }]
    });
    let summary = InstanceStatusSummary { details, status: Some(status(instance)) };
    let disk = reachability.map(|passed| {
        vec![EbsStatusDetails { name: Some("reachability".into()), status: Some(passed), ..Default::default() }]
    });
    InstanceStatus {
        availability_zone: Some(instance.placement.zone.clone()),
        availability_zone_id: Some(instance.placement.zone_id.clone()),
        instance_id: Some(instance.id.clone()),
        instance_state: Some(view::state(instance.state)),
        instance_status: Some(summary.clone()),
        system_status: Some(summary),
        attached_ebs_status: Some(EbsStatusSummary { details: disk, status: Some(status(instance)) }),
        operator: Some(OperatorResponse { managed: Some(false), ..Default::default() }),
        ..Default::default()
    }
}
