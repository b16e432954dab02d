//! `DescribeVpcAttribute`.

use std::sync::Arc;

use freehold_api::ec2::{AttributeBooleanValue, DescribeVpcAttributeRequest, DescribeVpcAttributeResult};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::model::Vpc;
use crate::operations::dry_run;
use crate::{Ec2, lookup};

pub async fn describe_vpc_attribute(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeVpcAttributeRequest,
) -> Result<DescribeVpcAttributeResult> {
    let id = input.vpc_id.ok_or(Error::MissingParameter("vpcId"))?;
    let vpc: Vpc = lookup::one(&mut ec2.committed(), call.account(), &id)?;
    dry_run(input.dry_run)?;
    let value = |value| Some(AttributeBooleanValue { value: Some(value) });
    let shown = DescribeVpcAttributeResult { vpc_id: Some(vpc.id), ..Default::default() };
    match input.attribute.as_deref() {
        None => Err(Error::MissingParameter("attribute")),
        Some("enableDnsSupport") => {
            Ok(DescribeVpcAttributeResult { enable_dns_support: value(vpc.dns_support), ..shown })
        }
        Some("enableDnsHostnames") => {
            Ok(DescribeVpcAttributeResult { enable_dns_hostnames: value(vpc.dns_hostnames), ..shown })
        }
        Some("enableNetworkAddressUsageMetrics") => Ok(DescribeVpcAttributeResult {
            enable_network_address_usage_metrics: value(vpc.network_address_usage_metrics),
            ..shown
        }),
        Some(other) => Err(Error::invalid_value("attribute", other, "Unknown attribute.")),
    }
}
