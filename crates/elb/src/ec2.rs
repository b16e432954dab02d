//! What Elastic Load Balancing asks EC2: subnets, security groups, instances, gateways, addresses.

use freehold_api::ec2::{self, Filter, op};
use freehold_core::Principal;

use crate::Elb;
use crate::errors::Error;

/// By whose role the service acts (`AWSServiceRoleForElasticLoadBalancing`).
const ROLE: &str = "ElasticLoadBalancing";

fn robot(account: &str) -> Principal {
    Principal::service_linked(account, ROLE)
}

fn filter(name: &str, values: Vec<String>) -> Filter {
    Filter { name: Some(name.to_owned()), values: Some(values) }
}

/// What EC2 said of an id that names nothing, in this service's words; anything else goes on as it is.
fn absent(error: freehold_wire::Error, as_ours: fn(String) -> Error) -> Error {
    match &*error.code {
        "InvalidSubnetID.NotFound"
        | "InvalidSubnetId.Malformed"
        | "InvalidSubnetID.Malformed"
        | "InvalidGroup.NotFound"
        | "InvalidGroupId.Malformed"
        | "InvalidAllocationID.NotFound"
        | "InvalidAllocationID.Malformed"
        | "InvalidVpcID.NotFound"
        | "InvalidVpcId.Malformed"
        | "InvalidVpcID.Malformed" => as_ours(error.message),
        _ => Error::Other(error),
    }
}

impl Elb {
    /// The account's subnets of these ids, in the order of the ids.
    pub(crate) async fn subnets(&self, account: &str, ids: &[String]) -> Result<Vec<ec2::Subnet>, Error> {
        let input = ec2::DescribeSubnetsRequest { subnet_ids: Some(ids.to_vec()), ..Default::default() };
        let answer = self.local.call::<op::DescribeSubnets>(robot(account), input).await;
        let found = answer.map_err(|error| absent(error, Error::SubnetNotFound))?.subnets.unwrap_or_default();
        let by_id = |id: &String| found.iter().find(|subnet| subnet.subnet_id.as_ref() == Some(id)).cloned();
        let missing = |id: &String| Error::SubnetNotFound(format!("The subnet ID '{id}' does not exist"));
        ids.iter().map(|id| by_id(id).ok_or_else(|| missing(id))).collect()
    }

    /// All subnets of a VPC of the account's.
    pub(crate) async fn subnets_of(&self, account: &str, vpc: &str) -> Result<Vec<ec2::Subnet>, Error> {
        let filters = Some(vec![filter("vpc-id", vec![vpc.to_owned()])]);
        let input = ec2::DescribeSubnetsRequest { filters, ..Default::default() };
        let answer = self.local.call::<op::DescribeSubnets>(robot(account), input).await.map_err(Error::Other)?;
        Ok(answer.subnets.unwrap_or_default())
    }

    /// A VPC of the account's.
    pub(crate) async fn vpc(&self, account: &str, id: &str) -> Result<ec2::Vpc, Error> {
        let input = ec2::DescribeVpcsRequest { vpc_ids: Some(vec![id.to_owned()]), ..Default::default() };
        let answer = self.local.call::<op::DescribeVpcs>(robot(account), input).await;
        let found = answer.map_err(|error| absent(error, Error::Validation))?.vpcs.unwrap_or_default();
        found.into_iter().next().ok_or_else(|| Error::invalid(format!("The VPC ID '{id}' is not found")))
    }

    /// The account's default subnets in these zones, in the order of the zones.
    pub(crate) async fn default_subnets(&self, account: &str, zones: &[String]) -> Result<Vec<ec2::Subnet>, Error> {
        let filters =
            vec![filter("availability-zone", zones.to_vec()), filter("default-for-az", vec!["true".to_owned()])];
        let input = ec2::DescribeSubnetsRequest { filters: Some(filters), ..Default::default() };
        let answer = self.local.call::<op::DescribeSubnets>(robot(account), input).await.map_err(Error::Other)?;
        let found = answer.subnets.unwrap_or_default();
        let of = |zone: &String| found.iter().find(|it| it.availability_zone.as_ref() == Some(zone)).cloned();
        let missing = |zone: &String| Error::invalid(format!("The availability zone '{zone}' has no default subnet"));
        zones.iter().map(|zone| of(zone).ok_or_else(|| missing(zone))).collect()
    }

    /// The name of a security group of the account's, if it is there.
    pub(crate) async fn security_group_name(&self, account: &str, id: &str) -> Option<String> {
        let input = ec2::DescribeSecurityGroupsRequest { group_ids: Some(vec![id.to_owned()]), ..Default::default() };
        let answer = self.local.call::<op::DescribeSecurityGroups>(robot(account), input).await.ok()?;
        answer.security_groups?.into_iter().next()?.group_name
    }

    /// Refuses groups that are not the account's, or not of the VPC.
    pub(crate) async fn check_security_groups(&self, account: &str, vpc: &str, ids: &[String]) -> Result<(), Error> {
        if ids.is_empty() {
            return Ok(());
        }
        let input = ec2::DescribeSecurityGroupsRequest { group_ids: Some(ids.to_vec()), ..Default::default() };
        let answer = self.local.call::<op::DescribeSecurityGroups>(robot(account), input).await;
        let found = answer.map_err(|error| absent(error, Error::InvalidSecurityGroup))?;
        let found = found.security_groups.unwrap_or_default();
        match found.iter().find(|group| group.vpc_id.as_deref() != Some(vpc)) {
            Some(group) => Err(Error::InvalidSecurityGroup(format!(
                "The security group '{}' does not belong to VPC '{vpc}'",
                group.group_id.as_deref().unwrap_or_default()
            ))),
            None => Ok(()),
        }
    }

    /// The group that a VPC has from its beginning.
    pub(crate) async fn default_security_group(&self, account: &str, vpc: &str) -> Result<String, Error> {
        let filters = vec![filter("vpc-id", vec![vpc.to_owned()]), filter("group-name", vec!["default".to_owned()])];
        let input = ec2::DescribeSecurityGroupsRequest { filters: Some(filters), ..Default::default() };
        let answer =
            self.local.call::<op::DescribeSecurityGroups>(robot(account), input).await.map_err(Error::Other)?;
        let first = answer.security_groups.unwrap_or_default().into_iter().next();
        let id = first.and_then(|group| group.group_id);
        id.ok_or_else(|| Error::InvalidSecurityGroup(format!("The VPC '{vpc}' has no default security group")))
    }

    /// Whether the VPC has a way to the internet.
    pub(crate) async fn has_internet_gateway(&self, account: &str, vpc: &str) -> Result<bool, Error> {
        let filters = Some(vec![filter("attachment.vpc-id", vec![vpc.to_owned()])]);
        let input = ec2::DescribeInternetGatewaysRequest { filters, ..Default::default() };
        let answer = self.local.call::<op::DescribeInternetGateways>(robot(account), input).await;
        Ok(!answer.map_err(Error::Other)?.internet_gateways.unwrap_or_default().is_empty())
    }

    /// The account's instances among these ids; others are passed over.
    pub(crate) async fn instances(&self, account: &str, ids: &[String]) -> Result<Vec<ec2::Instance>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        // EC2 takes 200 values of a filter.
        for some in ids.chunks(200) {
            let filters = Some(vec![filter("instance-id", some.to_vec())]);
            let input = ec2::DescribeInstancesRequest { filters, ..Default::default() };
            let answer = self.local.call::<op::DescribeInstances>(robot(account), input).await.map_err(Error::Other)?;
            let reservations = answer.reservations.unwrap_or_default();
            found.extend(reservations.into_iter().flat_map(|one| one.instances.unwrap_or_default()));
        }
        Ok(found)
    }

    /// Refuses Elastic IPs that are not the account's or serve something else.
    pub(crate) async fn check_allocations(&self, account: &str, ids: &[String]) -> Result<(), Error> {
        if ids.is_empty() {
            return Ok(());
        }
        let input = ec2::DescribeAddressesRequest { allocation_ids: Some(ids.to_vec()), ..Default::default() };
        let answer = self.local.call::<op::DescribeAddresses>(robot(account), input).await;
        let found = answer.map_err(|error| absent(error, Error::AllocationIdNotFound))?.addresses.unwrap_or_default();
        match found.iter().find(|address| address.association_id.is_some()) {
            Some(address) => Err(Error::ResourceInUse(format!(
                "The allocation ID '{}' is in use already",
                address.allocation_id.as_deref().unwrap_or_default()
            ))),
            None => Ok(()),
        }
    }
}
