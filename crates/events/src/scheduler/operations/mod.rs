//! One file per operation, named as AWS names it.

mod create_schedule;
mod create_schedule_group;
mod delete_schedule;
mod delete_schedule_group;
mod get_schedule;
mod get_schedule_group;
mod list_schedule_groups;
mod list_schedules;
mod list_tags_for_resource;
mod lookup;
mod pages;
mod tag_resource;
mod tags;
mod untag_resource;
mod update_schedule;

use std::sync::Arc;

use freehold_api::scheduler::{self, op};
use freehold_wire::Service;

use crate::Events;

/// The service `scheduler`.
pub(crate) fn service(state: &Arc<Events>) -> Service {
    Service::new(&scheduler::MODEL)
        .on(op::CreateSchedule, state, create_schedule::create_schedule)
        .on(op::CreateScheduleGroup, state, create_schedule_group::create_schedule_group)
        .on(op::DeleteSchedule, state, delete_schedule::delete_schedule)
        .on(op::DeleteScheduleGroup, state, delete_schedule_group::delete_schedule_group)
        .on(op::GetSchedule, state, get_schedule::get_schedule)
        .on(op::GetScheduleGroup, state, get_schedule_group::get_schedule_group)
        .on(op::ListScheduleGroups, state, list_schedule_groups::list_schedule_groups)
        .on(op::ListSchedules, state, list_schedules::list_schedules)
        .on(op::ListTagsForResource, state, list_tags_for_resource::list_tags_for_resource)
        .on(op::TagResource, state, tag_resource::tag_resource)
        .on(op::UntagResource, state, untag_resource::untag_resource)
        .on(op::UpdateSchedule, state, update_schedule::update_schedule)
}
