//! Network interfaces and elastic addresses.

mod allocate_address;
mod assign_private_ip_addresses;
mod associate_address;
mod attach_network_interface;
mod create_network_interface;
mod delete_network_interface;
mod describe_addresses;
mod describe_network_interface_attribute;
mod describe_network_interfaces;
mod detach_network_interface;
mod disassociate_address;
mod elastic;
mod modify_network_interface_attribute;
mod release_address;
mod unassign_private_ip_addresses;
mod view;
mod wiring;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::CreateNetworkInterface, create_network_interface::create_network_interface)
        .on(op::DeleteNetworkInterface, delete_network_interface::delete_network_interface)
        .on(op::DescribeNetworkInterfaces, describe_network_interfaces::describe_network_interfaces)
        .on(
            op::DescribeNetworkInterfaceAttribute,
            describe_network_interface_attribute::describe_network_interface_attribute,
        )
        .on(op::ModifyNetworkInterfaceAttribute, modify_network_interface_attribute::modify_network_interface_attribute)
        .on(op::AttachNetworkInterface, attach_network_interface::attach_network_interface)
        .on(op::DetachNetworkInterface, detach_network_interface::detach_network_interface)
        .on(op::AssignPrivateIpAddresses, assign_private_ip_addresses::assign_private_ip_addresses)
        .on(op::UnassignPrivateIpAddresses, unassign_private_ip_addresses::unassign_private_ip_addresses)
        .on(op::AllocateAddress, allocate_address::allocate_address)
        .on(op::ReleaseAddress, release_address::release_address)
        .on(op::DescribeAddresses, describe_addresses::describe_addresses)
        .on(op::AssociateAddress, associate_address::associate_address)
        .on(op::DisassociateAddress, disassociate_address::disassociate_address)
}
