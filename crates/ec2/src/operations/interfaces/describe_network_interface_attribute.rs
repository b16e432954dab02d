//! `DescribeNetworkInterfaceAttribute`.

use std::sync::Arc;

use freehold_api::ec2::{
    AttributeBooleanValue, AttributeValue, DescribeNetworkInterfaceAttributeRequest,
    DescribeNetworkInterfaceAttributeResult,
};
use freehold_wire::Call;

use super::view::{self, Names};
use crate::errors::{Error, Result};
use crate::model::NetworkInterface;
use crate::operations::dry_run;
use crate::{Ec2, lookup};

pub async fn describe_network_interface_attribute(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeNetworkInterfaceAttributeRequest,
) -> Result<DescribeNetworkInterfaceAttributeResult> {
    let id = input.network_interface_id.ok_or(Error::MissingParameter("networkInterfaceId"))?;
    let attribute = input.attribute.ok_or(Error::MissingParameter("attribute"))?;
    let interface: NetworkInterface = lookup::one(&mut ec2.committed(), call.account(), &id)?;
    let mut answer = DescribeNetworkInterfaceAttributeResult { network_interface_id: Some(id), ..Default::default() };
    match attribute.as_str() {
        "description" => answer.description = Some(AttributeValue { value: Some(interface.description.clone()) }),
        "groupSet" => {
            let names = Names::of(&ec2, &mut ec2.committed(), call.account())?;
            answer.groups = Some(view::groups(&names, &interface));
        }
        "sourceDestCheck" => {
            answer.source_dest_check = Some(AttributeBooleanValue { value: Some(interface.source_dest_check) });
        }
        "attachment" => {
            answer.attachment = interface.attachment.as_ref().map(|one| view::attachment(&interface.account, one));
        }
        "associatePublicIpAddress" => answer.associate_public_ip_address = Some(interface.public_at_start),
        other => {
            return Err(Error::invalid_value(
                "attribute",
                other,
                "Expected: description, groupSet, sourceDestCheck, attachment, associatePublicIpAddress.",
            ));
        }
    }
    dry_run(input.dry_run)?;
    Ok(answer)
}
