//! `DescribeScalingActivities`: the latest first.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use freehold_api::autoscaling::{ActivitiesType, DescribeScalingActivitiesType};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Activity, Group, group_id};
use crate::operations::{check, pages, show};

pub(super) async fn describe_scaling_activities(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribeScalingActivitiesType,
) -> Result<ActivitiesType> {
    check::refuse(&[("Filters", input.filters.is_some_and(|filters| !filters.is_empty()))])?;
    let account = call.account();
    let with_deleted = input.include_deleted_groups == Some(true);
    let groups = own.store.list::<Group>(&Filter::account(account))?.into_iter();
    let groups: HashMap<String, Group> = groups.map(|group| (group.arn.clone(), group)).collect();
    let mut activities = match &input.auto_scaling_group_name {
        Some(name) => {
            let id = group_id(account, name);
            let found = own.store.list::<Activity>(&Filter::index(0, &id))?;
            if own.store.get::<Group>(&id)?.is_none() && !with_deleted {
                return Err(Error::no_group(name));
            }
            found
        }
        None => own.store.list::<Activity>(&Filter::account(account))?,
    };
    activities.retain(|activity| with_deleted || groups.contains_key(&activity.group_arn));
    if let Some(ids) = input.activity_ids.filter(|ids| !ids.is_empty()) {
        activities.retain(|activity| ids.contains(&activity.id));
    }
    activities.sort_by_key(|one| Reverse((one.start, one.serial)));
    let token = input.next_token.as_deref();
    let most = input.max_records.or(Some(pages::MOST));
    let (activities, next_token) = pages::page(&call, activities, most, pages::MOST, token, |one| &one.id)?;
    let shown = activities.iter().map(|activity| show::activity(activity, groups.get(&activity.group_arn)));
    Ok(ActivitiesType { activities: Some(shown.collect()), next_token })
}
