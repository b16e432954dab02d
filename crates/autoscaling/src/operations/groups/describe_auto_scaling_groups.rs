//! `DescribeAutoScalingGroups`.

use std::sync::Arc;

use freehold_api::autoscaling::{AutoScalingGroupNamesType, AutoScalingGroupsType};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use super::filters::Filters;
use crate::AutoScaling;
use crate::errors::Result;
use crate::model::Group;
use crate::operations::{pages, show};

pub(super) async fn describe_auto_scaling_groups(
    own: Arc<AutoScaling>,
    call: Call,
    input: AutoScalingGroupNamesType,
) -> Result<AutoScalingGroupsType> {
    let filters = Filters::parse(input.filters)?;
    let names = input.auto_scaling_group_names.filter(|names| !names.is_empty());
    let mut groups = own.store.list::<Group>(&Filter::account(call.account()))?;
    groups.retain(|group| names.as_ref().is_none_or(|names| names.contains(&group.name) || names.contains(&group.arn)));
    groups.retain(|group| filters.admit(group));
    let (groups, next_token) =
        pages::page(&call, groups, input.max_records, pages::MOST, input.next_token.as_deref(), |group| &group.id)?;
    let with_instances = input.include_instances.unwrap_or(true);
    let mut shown = Vec::with_capacity(groups.len());
    for group in groups {
        shown.push(show::group(&group, &own.members(&group.id)?, with_instances));
    }
    Ok(AutoScalingGroupsType { auto_scaling_groups: Some(shown), next_token })
}
