//! Checking `VpcConfig`: subnets and groups of one VPC, and a role that may make interfaces there (*Developer guide, Giving
//! Lambda functions access to resources in an Amazon VPC*).

use std::collections::BTreeSet;

use freehold_api::lambda::VpcConfig;
use freehold_wire::error::Fault;

use super::PRINCIPAL;
use crate::Lambda;
use crate::ec2::Ec2;
use crate::errors::Error;
use crate::model::Vpc;

/// What a request wants, as EC2 knows it; `None` if it does not say. Two empty lists take a function out of its VPC.
pub(super) async fn wanted(lambda: &Lambda, account: &str, config: Option<VpcConfig>) -> Result<Option<Vpc>, Error> {
    let Some(config) = config else { return Ok(None) };
    if config.ipv6_allowed_for_dual_stack == Some(true) {
        return Err(Error::invalid("Ipv6AllowedForDualStack: VPCs of this region have no IPv6."));
    }
    let subnets = distinct(config.subnet_ids.unwrap_or_default());
    let groups = distinct(config.security_group_ids.unwrap_or_default());
    match (subnets.is_empty(), groups.is_empty()) {
        (true, true) => return Ok(Some(Vpc::default())),
        (false, false) => {}
        _ => return Err(Error::invalid("SubnetIds and SecurityIds must coexist or be both empty list.")),
    }
    let ec2 = Ec2::new(&lambda.local, account);
    let found = ec2.subnets(&subnets).await.map_err(|error| occurred("DescribeSubnets", error))?;
    let vpcs: BTreeSet<_> = found.into_iter().filter_map(|subnet| subnet.vpc_id).collect();
    let mut vpcs = vpcs.into_iter();
    let (Some(id), None) = (vpcs.next(), vpcs.next()) else {
        return Err(Error::invalid("Subnets are required to be in the same VPC."));
    };
    let found = ec2.security_groups(&groups).await.map_err(|error| occurred("DescribeSecurityGroups", error))?;
    if found.iter().any(|group| group.vpc_id.as_ref() != Some(&id)) {
        return Err(Error::invalid("Security Groups are required to be in the same VPC."));
    }
    Ok(Some(Vpc { id, subnets, groups }))
}

/// Lambda makes interfaces by the function's role, which must allow that.
pub(super) fn check_permissions(lambda: &Lambda, account: &str, role: &str, vpc: &Vpc) -> Result<(), Error> {
    let arn = |resource: &str| format!("arn:aws:ec2:{}:{account}:{resource}", lambda.region);
    let mut made_of = vec![arn("network-interface/*")];
    made_of.extend(vpc.subnets.iter().map(|id| arn(&format!("subnet/{id}"))));
    made_of.extend(vpc.groups.iter().map(|id| arn(&format!("security-group/{id}"))));
    let needed = [
        ("CreateNetworkInterface", made_of),
        ("DescribeNetworkInterfaces", vec!["*".to_owned()]),
        ("DeleteNetworkInterface", vec![arn("*/*")]),
    ];
    for (action, resources) in needed {
        for resource in resources {
            let may = lambda.iam.service_role_may(role, PRINCIPAL, &format!("ec2:{action}"), &resource);
            if !may.unwrap_or(false) {
                return Err(Error::invalid(format!(
                    "The provided execution role does not have permissions to call {action} on EC2"
                )));
            }
        }
    }
    Ok(())
}

/// Each once, in their order.
fn distinct(ids: Vec<String>) -> Vec<String> {
    let mut known = BTreeSet::new();
    ids.into_iter().filter(|id| known.insert(id.clone())).collect()
}

fn occurred(operation: &str, error: freehold_wire::Error) -> Error {
    match error.fault {
        Fault::Sender => Error::invalid(format!(
            "Error occurred while {operation}. EC2 Error Code: {}. EC2 Error Message: {}",
            error.code, error.message
        )),
        Fault::Receiver => Error::Service(error.message),
    }
}
