//! `ModifySpotFleetRequest`: only one that is maintained can become another.

use std::sync::Arc;

use freehold_api::ec2::{ModifySpotFleetRequestRequest, ModifySpotFleetRequestResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::request;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::FleetApi;
use crate::operations::fleets::lookup::modify;
use crate::operations::fleets::request::ends_excess;

pub async fn modify_spot_fleet_request(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifySpotFleetRequestRequest,
) -> Result<ModifySpotFleetRequestResponse> {
    let id = input.spot_fleet_request_id.ok_or(Error::MissingParameter("SpotFleetRequestId"))?;
    if input.context.is_some() {
        return Err(Error::no_effect("Context"));
    }
    let policy = input.excess_capacity_termination_policy;
    let ends_excess = policy.as_deref().map(|policy| ends_excess(Some(policy))).transpose()?;
    let configs = input.launch_template_configs.filter(|configs| !configs.is_empty());
    let configs = configs.map(request::from_templates).transpose()?;
    let (account, now) = (call.account().to_owned(), ec2.now());
    let (total, on_demand) = (input.target_capacity, input.on_demand_target_capacity);
    ec2.store
        .transact(move |tx| {
            modify(tx, (FleetApi::Spot, &account), &id, now, |fleet| {
                let same = |part: u32| i32::try_from(part).ok();
                let total = total.or_else(|| same(fleet.target.total));
                let on_demand = on_demand.or_else(|| same(fleet.target.on_demand));
                fleet.target = request::target(total, on_demand, fleet.target.unit.clone())?;
                fleet.ends_excess = ends_excess.unwrap_or(fleet.ends_excess);
                if let Some(configs) = configs {
                    fleet.configs = configs;
                }
                Ok(())
            })
        })
        .await?;
    Ok(ModifySpotFleetRequestResponse { r#return: Some(true) })
}
