//! `DescribeInstanceAttribute`.

use std::sync::Arc;

use freehold_api::ec2::{
    AttributeBooleanValue, AttributeValue, DescribeInstanceAttributeRequest, EnclaveOptions, InstanceAttribute,
};
use freehold_wire::Call;

use super::view::{self, InstanceView};
use crate::errors::{Error, Result};
use crate::model::Instance;
use crate::operations::dry_run;
use crate::{Ec2, lookup};

pub async fn describe_instance_attribute(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeInstanceAttributeRequest,
) -> Result<InstanceAttribute> {
    let id = input.instance_id.ok_or(Error::MissingParameter("instanceId"))?;
    let attribute = input.attribute.ok_or(Error::MissingParameter("attribute"))?;
    let mut store = ec2.committed();
    let instance: Instance = lookup::one(&mut store, call.account(), &id)?;
    dry_run(input.dry_run)?;

    let shown = view::gather(&mut store, &ec2.region, call.account(), vec![instance])?;
    let shown = shown.into_iter().next().ok_or_else(|| lookup::not_found::<Instance>(&[&id]))?;
    let mut answer = value(&shown, &attribute)?;
    answer.instance_id = Some(id);
    Ok(answer)
}

fn value(shown: &InstanceView, attribute: &str) -> Result<InstanceAttribute> {
    let own = &shown.instance;
    let text = |value: &str| Some(AttributeValue { value: Some(value.to_owned()) });
    let flag = |value| Some(AttributeBooleanValue { value: Some(value) });
    let none = Some(AttributeValue::default());
    let mut answer = InstanceAttribute::default();
    match attribute {
        "instanceType" => answer.instance_type = text(&own.instance_type),
        "kernel" => answer.kernel_id = none,
        "ramdisk" => answer.ramdisk_id = none,
        "userData" => answer.user_data = Some(AttributeValue { value: own.user_data.clone() }),
        "disableApiTermination" => answer.disable_api_termination = flag(own.disable_api_termination),
        "disableApiStop" => answer.disable_api_stop = flag(own.disable_api_stop),
        "instanceInitiatedShutdownBehavior" => {
            answer.instance_initiated_shutdown_behavior = text(own.shutdown_behavior.name());
        }
        "rootDeviceName" => answer.root_device_name = text(&own.root.name),
        "blockDeviceMapping" => answer.block_device_mappings = Some(view::block_devices(own)),
        "productCodes" => answer.product_codes = Some(Vec::new()),
        "sourceDestCheck" => {
            answer.source_dest_check = flag(shown.primary().is_none_or(|interface| interface.source_dest_check));
        }
        "groupSet" => answer.groups = Some(view::groups(shown)),
        "ebsOptimized" => answer.ebs_optimized = flag(own.ebs_optimized),
        "sriovNetSupport" => answer.sriov_net_support = none,
        "enaSupport" => answer.ena_support = flag(true),
        "enclaveOptions" => answer.enclave_options = Some(EnclaveOptions { enabled: Some(false) }),
        other => {
            return Err(Error::invalid_value("attribute", other, "Unknown attribute."));
        }
    }
    Ok(answer)
}
