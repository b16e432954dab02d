//! One file per operation, named as AWS names it.

mod archives;
mod buses;
mod lookup;
mod pages;
mod permissions;
mod publishing;
mod replays;
mod rules;
mod tags;
mod targets;

use std::sync::Arc;

use freehold_api::events::{self, op};
use freehold_wire::Service;

use crate::Events;

/// The service `events`.
pub(crate) fn service(state: &Arc<Events>) -> Service {
    Service::new(&events::MODEL)
        .on(op::CreateEventBus, state, buses::create_event_bus)
        .on(op::DeleteEventBus, state, buses::delete_event_bus)
        .on(op::DescribeEventBus, state, buses::describe_event_bus)
        .on(op::ListEventBuses, state, buses::list_event_buses)
        .on(op::UpdateEventBus, state, buses::update_event_bus)
        .on(op::CreateArchive, state, archives::create_archive)
        .on(op::DeleteArchive, state, archives::delete_archive)
        .on(op::DescribeArchive, state, archives::describe_archive)
        .on(op::ListArchives, state, archives::list_archives)
        .on(op::UpdateArchive, state, archives::update_archive)
        .on(op::CancelReplay, state, replays::cancel_replay)
        .on(op::DescribeReplay, state, replays::describe_replay)
        .on(op::ListReplays, state, replays::list_replays)
        .on(op::StartReplay, state, replays::start_replay)
        .on(op::PutPermission, state, permissions::put_permission)
        .on(op::RemovePermission, state, permissions::remove_permission)
        .on(op::PutRule, state, rules::put_rule)
        .on(op::DeleteRule, state, rules::delete_rule)
        .on(op::DescribeRule, state, rules::describe_rule)
        .on(op::ListRules, state, rules::list_rules)
        .on(op::EnableRule, state, rules::enable_rule)
        .on(op::DisableRule, state, rules::disable_rule)
        .on(op::PutTargets, state, targets::put_targets)
        .on(op::RemoveTargets, state, targets::remove_targets)
        .on(op::ListTargetsByRule, state, targets::list_targets_by_rule)
        .on(op::ListRuleNamesByTarget, state, targets::list_rule_names_by_target)
        .on(op::PutEvents, state, publishing::put_events)
        .on(op::TestEventPattern, state, publishing::test_event_pattern)
        .on(op::TagResource, state, tags::tag_resource)
        .on(op::UntagResource, state, tags::untag_resource)
        .on(op::ListTagsForResource, state, tags::list_tags_for_resource)
}
