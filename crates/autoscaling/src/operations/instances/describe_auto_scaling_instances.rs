//! `DescribeAutoScalingInstances`.

use std::collections::HashMap;
use std::sync::Arc;

use freehold_api::autoscaling::{AutoScalingInstancesType, DescribeAutoScalingInstancesType};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Group, Member};
use crate::operations::{pages, show};

/// *API reference, DescribeAutoScalingInstances*
const MOST: i32 = 50;

pub(super) async fn describe_auto_scaling_instances(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribeAutoScalingInstancesType,
) -> Result<AutoScalingInstancesType> {
    let ids = input.instance_ids.filter(|ids| !ids.is_empty());
    if ids.as_ref().is_some_and(|ids| ids.len() > usize::try_from(MOST).unwrap_or(0)) {
        return Err(Error::validation(format!("At most {MOST} instance IDs can be specified.")));
    }
    let mine = Filter::account(call.account());
    let groups = own.store.list::<Group>(&mine)?.into_iter();
    let groups: HashMap<String, Group> = groups.map(|group| (group.id.clone(), group)).collect();
    let mut members = own.store.list::<Member>(&mine)?;
    members.retain(|member| {
        let id = member.instance.as_ref();
        id.is_some_and(|id| ids.as_ref().is_none_or(|ids| ids.contains(id)))
    });
    members.sort_by(|a, b| a.instance.cmp(&b.instance));
    let token = input.next_token.as_deref();
    let (members, next_token) = pages::page(&call, members, input.max_records, MOST, token, |member| &member.key)?;
    let shown = members.iter().filter_map(|member| show::instance_details(groups.get(&member.group)?, member));
    Ok(AutoScalingInstancesType { auto_scaling_instances: Some(shown.collect()), next_token })
}
