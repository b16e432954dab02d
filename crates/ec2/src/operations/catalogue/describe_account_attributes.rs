//! `DescribeAccountAttributes`.

use std::sync::Arc;

use freehold_api::ec2::{
    AccountAttribute, AccountAttributeValue, DescribeAccountAttributesRequest, DescribeAccountAttributesResult,
};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::Vpc;
use crate::operations::dry_run;

/// Instances that an account may run. AWS's own figure of old, which clients still read; what really limits a
/// Freehold is its host.
const MAX_INSTANCES: &str = "20";

pub async fn describe_account_attributes(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeAccountAttributesRequest,
) -> Result<DescribeAccountAttributesResult> {
    let vpcs: Vec<Vpc> = ec2.store.list(&Filter::account(call.account()))?;
    let default_vpc = vpcs.into_iter().find(|vpc| vpc.is_default).map_or_else(|| "none".to_owned(), |vpc| vpc.id);
    let attributes: [(&str, &str); 6] = [
        ("supported-platforms", "VPC"),
        ("vpc-max-security-groups-per-interface", "5"),
        ("max-elastic-ips", "5"),
        ("max-instances", MAX_INSTANCES),
        ("vpc-max-elastic-ips", "5"),
        ("default-vpc", &default_vpc),
    ];
    let asked = input.attribute_names.unwrap_or_default();
    if let Some(unknown) = asked.iter().find(|name| !attributes.iter().any(|(known, _)| known == name)) {
        return Err(Error::invalid_value("attributeName", unknown, "Unknown attribute."));
    }
    dry_run(input.dry_run)?;

    let shown = attributes.iter().filter(|(name, _)| asked.is_empty() || asked.iter().any(|asked| asked == name));
    let shown = shown.map(|(name, value)| AccountAttribute {
        attribute_name: Some((*name).into()),
        attribute_values: Some(vec![AccountAttributeValue { attribute_value: Some((*value).into()) }]),
    });
    Ok(DescribeAccountAttributesResult { account_attributes: Some(shown.collect()) })
}
