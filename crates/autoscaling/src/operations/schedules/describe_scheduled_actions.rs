//! `DescribeScheduledActions`.

use std::sync::Arc;

use freehold_api::autoscaling::{DescribeScheduledActionsType, ScheduledActionsType, ScheduledUpdateGroupAction};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::Result;
use crate::model::ScheduledAction;
use crate::operations::{pages, show::int};

pub(super) async fn describe_scheduled_actions(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribeScheduledActionsType,
) -> Result<ScheduledActionsType> {
    let account = call.account();
    let mut actions = match &input.auto_scaling_group_name {
        Some(name) => own.store.list::<ScheduledAction>(&Filter::index(0, own.group(account, name)?.id))?,
        None => own.store.list::<ScheduledAction>(&Filter::account(account))?,
    };
    match input.scheduled_action_names.filter(|names| !names.is_empty()) {
        Some(names) => actions.retain(|action| names.contains(&action.name) || names.contains(&action.arn)),
        // Ignored where names are given (*API reference, DescribeScheduledActions: StartTime*).
        None => actions.retain(|action| {
            input.start_time.is_none_or(|start| action.due >= start)
                && input.end_time.is_none_or(|end| action.due <= end)
        }),
    }
    let token = input.next_token.as_deref();
    let (actions, next_token) = pages::page(&call, actions, input.max_records, pages::MOST, token, |one| &one.arn)?;
    let shown = actions.into_iter().map(show).collect();
    Ok(ScheduledActionsType { scheduled_update_group_actions: Some(shown), next_token })
}

/// The start of what recurs is its next time.
fn show(action: ScheduledAction) -> ScheduledUpdateGroupAction {
    ScheduledUpdateGroupAction {
        auto_scaling_group_name: Some(action.group_name),
        scheduled_action_name: Some(action.name),
        scheduled_action_arn: Some(action.arn),
        time: Some(action.due),
        start_time: Some(action.due),
        end_time: action.end,
        recurrence: action.recurrence,
        min_size: action.min.and_then(int),
        max_size: action.max.and_then(int),
        desired_capacity: action.desired.and_then(int),
        time_zone: action.zone,
    }
}
