//! `DescribeInstanceRefreshes`: the latest first.

use std::cmp::Reverse;
use std::sync::Arc;

use freehold_api::autoscaling as api;
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::preferences;
use crate::AutoScaling;
use crate::errors::Result;
use crate::model::{LaunchSource, Progress, Refresh};
use crate::operations::{check, pages, show};

pub(super) async fn describe_instance_refreshes(
    own: Arc<AutoScaling>,
    call: Call,
    input: api::DescribeInstanceRefreshesType,
) -> Result<api::DescribeInstanceRefreshesAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let group = own.group(call.account(), &name)?;
    let mut found = own.store.list::<Refresh>(&Filter::index(0, &group.id))?;
    if let Some(ids) = input.instance_refresh_ids.filter(|ids| !ids.is_empty()) {
        found.retain(|refresh| ids.contains(&refresh.id));
    }
    found.sort_by_key(|one| Reverse((one.start, one.serial)));
    let token = input.next_token.as_deref();
    let (found, next_token) = pages::page(&call, found, input.max_records, pages::MOST, token, |one| &one.id)?;
    Ok(api::DescribeInstanceRefreshesAnswer { instance_refreshes: Some(found.iter().map(view).collect()), next_token })
}

fn view(refresh: &Refresh) -> api::InstanceRefresh {
    let desired = refresh.wanted.as_ref().map(|wanted| match wanted {
        LaunchSource::Template(template) => {
            api::DesiredConfiguration { launch_template: Some(show::template(template)), ..Default::default() }
        }
        LaunchSource::Mixed(policy) => {
            api::DesiredConfiguration { mixed_instances_policy: Some(show::mixed(policy)), ..Default::default() }
        }
        LaunchSource::Configuration(_) => api::DesiredConfiguration::default(),
    });
    let rollback = refresh.rollback.as_ref().map(|rollback| api::RollbackDetails {
        rollback_reason: Some(rollback.reason.clone()),
        rollback_start_time: Some(rollback.start),
        percentage_complete_on_rollback: show::int(rollback.progress.percentage()),
        instances_to_update_on_rollback: show::int(rollback.progress.left()),
        progress_details_on_rollback: Some(details(rollback.progress)),
    });
    api::InstanceRefresh {
        instance_refresh_id: Some(refresh.id.clone()),
        auto_scaling_group_name: Some(refresh.group_name.clone()),
        status: Some(refresh.status.name().into()),
        status_reason: refresh.reason.clone(),
        start_time: Some(refresh.start),
        end_time: refresh.end,
        percentage_complete: show::int(percentage(refresh)),
        instances_to_update: show::int(refresh.progress.left()),
        progress_details: Some(details(refresh.progress)),
        preferences: Some(preferences::show(&refresh.preferences)),
        desired_configuration: desired,
        rollback_details: rollback,
        strategy: Some("Rolling".into()),
    }
}

/// Nothing is done before it has begun.
fn percentage(refresh: &Refresh) -> u32 {
    if refresh.status == crate::model::RefreshStatus::Pending { 0 } else { refresh.progress.percentage() }
}

fn details(progress: Progress) -> api::InstanceRefreshProgressDetails {
    api::InstanceRefreshProgressDetails {
        live_pool_progress: Some(api::InstanceRefreshLivePoolProgress {
            percentage_complete: show::int(progress.percentage()),
            instances_to_update: show::int(progress.left()),
        }),
        warm_pool_progress: None,
    }
}
