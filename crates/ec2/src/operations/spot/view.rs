//! How Spot requests are shown.

use std::collections::HashMap;

use freehold_api::ec2 as api;

use super::launch_specification::shown;
use crate::errors::Result;
use crate::lookup::{self, Reader};
use crate::model::{LaunchParameters, SecurityGroup, SpotRequest, Subnet, Vpc};
use crate::spot::price::Price;
use crate::{catalogue, launch, view};

pub fn view(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    requests: Vec<SpotRequest>,
) -> Result<Vec<api::SpotInstanceRequest>> {
    let groups: Vec<SecurityGroup> = lookup::all(from, account)?;
    let defaults = Defaults::read(from, account, &groups)?;
    let names: HashMap<String, String> = groups.into_iter().map(|group| (group.id, group.name)).collect();
    let with_group = |mut request: SpotRequest| {
        defaults.name(&mut request.launch);
        request
    };
    Ok(requests.into_iter().map(|request| one(with_group(request), &names)).collect())
}

/// Groups of instances that none was named for.
struct Defaults {
    /// By VPC.
    groups: HashMap<String, String>,
    /// VPCs, by subnet.
    subnets: HashMap<String, String>,
    /// Where instances without a subnet go.
    vpc: Option<String>,
}

impl Defaults {
    fn read(from: &mut (impl Reader + ?Sized), account: &str, groups: &[SecurityGroup]) -> Result<Self> {
        let default = groups.iter().filter(|group| group.name == "default");
        let subnets: Vec<Subnet> = lookup::all(from, account)?;
        let vpcs: Vec<Vpc> = lookup::all(from, account)?;
        Ok(Self {
            groups: default.map(|group| (group.vpc.clone(), group.id.clone())).collect(),
            subnets: subnets.into_iter().map(|subnet| (subnet.id, subnet.vpc)).collect(),
            vpc: vpcs.into_iter().find(|vpc| vpc.is_default).map(|vpc| vpc.id),
        })
    }

    /// A request that names neither groups nor interfaces is shown with the group that its instance gets.
    fn name(&self, launch: &mut LaunchParameters) {
        if !(launch.group_ids.is_empty() && launch.group_names.is_empty() && launch.interfaces.is_empty()) {
            return;
        }
        let vpc = match &launch.subnet {
            Some(subnet) => self.subnets.get(subnet),
            None => self.vpc.as_ref(),
        };
        launch.group_ids.extend(vpc.and_then(|vpc| self.groups.get(vpc)).cloned());
    }
}

/// The most that is paid: what was said, else the On-Demand price (*EC2 user guide, Spot Instance pricing*).
pub fn spot_price(request: &SpotRequest) -> Option<String> {
    let said = request.max_price.as_deref().and_then(Price::parse);
    let kind = || catalogue::find(request.launch.instance_type.as_deref().unwrap_or(launch::DEFAULT_TYPE));
    said.or_else(|| Price::on_demand(&kind()?)).map(|price| price.to_string())
}

fn one(request: SpotRequest, group_names: &HashMap<String, String>) -> api::SpotInstanceRequest {
    api::SpotInstanceRequest {
        create_time: Some(request.created),
        fault: request.fault.as_ref().map(|(code, message)| api::SpotInstanceStateFault {
            code: Some(code.clone()),
            message: Some(message.clone()),
        }),
        instance_id: request.instance.clone(),
        launch_specification: Some(shown(&request.launch, group_names)),
        launched_availability_zone: request.zone.clone(),
        launched_availability_zone_id: request.zone_id.clone(),
        product_description: Some("Linux/UNIX".into()),
        spot_price: spot_price(&request),
        state: Some(request.state.name().into()),
        status: Some(api::SpotInstanceStatus {
            code: Some(request.status.code.clone()),
            message: Some(request.status.message().into()),
            update_time: Some(request.status.updated),
        }),
        tags: view::tags(&request.tags),
        r#type: Some(request.kind.name().into()),
        valid_from: request.valid_from,
        valid_until: request.valid_until,
        instance_interruption_behavior: Some(request.behavior.name().into()),
        spot_instance_request_id: Some(request.id),
        ..Default::default()
    }
}
