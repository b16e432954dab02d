//! Reserved Instances: offered, bought, shown, modified and exchanged. The marketplace is not there: nothing is listed in
//! it, and nothing from it is offered.

mod accept_reserved_instances_exchange_quote;
mod delete_queued_reserved_instances;
mod describe_reserved_instances;
mod describe_reserved_instances_modifications;
mod describe_reserved_instances_offerings;
mod exchange;
pub(super) mod find;
mod get_reserved_instances_exchange_quote;
mod modify_reserved_instances;
mod names;
mod purchase_reserved_instances_offering;
mod targets;
#[cfg(test)]
mod tests;
mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(
            op::AcceptReservedInstancesExchangeQuote,
            accept_reserved_instances_exchange_quote::accept_reserved_instances_exchange_quote,
        )
        .on(op::DeleteQueuedReservedInstances, delete_queued_reserved_instances::delete_queued_reserved_instances)
        .on(op::DescribeReservedInstances, describe_reserved_instances::describe_reserved_instances)
        .on(
            op::DescribeReservedInstancesModifications,
            describe_reserved_instances_modifications::describe_reserved_instances_modifications,
        )
        .on(
            op::DescribeReservedInstancesOfferings,
            describe_reserved_instances_offerings::describe_reserved_instances_offerings,
        )
        .on(
            op::GetReservedInstancesExchangeQuote,
            get_reserved_instances_exchange_quote::get_reserved_instances_exchange_quote,
        )
        .on(op::ModifyReservedInstances, modify_reserved_instances::modify_reserved_instances)
        .on(
            op::PurchaseReservedInstancesOffering,
            purchase_reserved_instances_offering::purchase_reserved_instances_offering,
        )
}
