//! One file per operation, named as AWS names it.

mod create_savings_plan;
mod delete_queued_savings_plan;
mod describe_savings_plan_rates;
mod describe_savings_plans;
mod describe_savings_plans_offering_rates;
mod describe_savings_plans_offerings;
mod list_tags_for_resource;
mod lookup;
mod return_savings_plan;
mod tag_resource;
mod untag_resource;

use std::sync::Arc;

use freehold_api::savingsplans::{self, op};
use freehold_wire::Service;

use crate::Costs;

/// The service `savingsplans`.
pub(crate) fn service(state: &Arc<Costs>) -> Service {
    Service::new(&savingsplans::MODEL)
        .on(op::CreateSavingsPlan, state, create_savings_plan::create_savings_plan)
        .on(op::DeleteQueuedSavingsPlan, state, delete_queued_savings_plan::delete_queued_savings_plan)
        .on(op::DescribeSavingsPlanRates, state, describe_savings_plan_rates::describe_savings_plan_rates)
        .on(op::DescribeSavingsPlans, state, describe_savings_plans::describe_savings_plans)
        .on(
            op::DescribeSavingsPlansOfferingRates,
            state,
            describe_savings_plans_offering_rates::describe_savings_plans_offering_rates,
        )
        .on(
            op::DescribeSavingsPlansOfferings,
            state,
            describe_savings_plans_offerings::describe_savings_plans_offerings,
        )
        .on(op::ListTagsForResource, state, list_tags_for_resource::list_tags_for_resource)
        .on(op::ReturnSavingsPlan, state, return_savings_plan::return_savings_plan)
        .on(op::TagResource, state, tag_resource::tag_resource)
        .on(op::UntagResource, state, untag_resource::untag_resource)
}
