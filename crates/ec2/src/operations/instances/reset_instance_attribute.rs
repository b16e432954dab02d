//! `ResetInstanceAttribute`. Kernel and RAM disk are the image's own always; the source/destination check comes back.

use std::sync::Arc;

use freehold_api::ec2::{AttributeBooleanValue, ModifyInstanceAttributeRequest, ResetInstanceAttributeRequest};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::modify_instance_attribute::modify_instance_attribute;
use crate::Ec2;
use crate::errors::{Error, Result};

pub async fn reset_instance_attribute(ec2: Arc<Ec2>, call: Call, input: ResetInstanceAttributeRequest) -> Result<Unit> {
    let attribute = input.attribute.ok_or(Error::MissingParameter("attribute"))?;
    match attribute.as_str() {
        "sourceDestCheck" => {
            let modify = ModifyInstanceAttributeRequest {
                instance_id: input.instance_id,
                dry_run: input.dry_run,
                source_dest_check: Some(AttributeBooleanValue { value: Some(true) }),
                ..Default::default()
            };
            modify_instance_attribute(ec2, call, modify).await
        }
        "kernel" | "ramdisk" => Err(Error::no_effect(&attribute)),
        other => Err(Error::invalid_value("attribute", other, "Expected: kernel, ramdisk, sourceDestCheck.")),
    }
}
