//! `ModifyFleet`: only one that is maintained can become another.

use std::sync::Arc;

use freehold_api::ec2::{ModifyFleetRequest, ModifyFleetResult};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::lookup::modify;
use super::request;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::FleetApi;
use crate::operations::dry_run;

pub async fn modify_fleet(ec2: Arc<Ec2>, call: Call, input: ModifyFleetRequest) -> Result<ModifyFleetResult> {
    let id = input.fleet_id.ok_or(Error::MissingParameter("FleetId"))?;
    if input.context.is_some() {
        return Err(Error::no_effect("Context"));
    }
    let target = input.target_capacity_specification.map(request::target).transpose()?;
    let policy = input.excess_capacity_termination_policy;
    let ends_excess = policy.as_deref().map(|policy| request::ends_excess(Some(policy))).transpose()?;
    let configs = input.launch_template_configs.filter(|configs| !configs.is_empty());
    let configs = configs.map(request::configs).transpose()?;
    let (account, now, dry) = (call.account().to_owned(), ec2.now(), input.dry_run);
    ec2.store
        .transact(move |tx| {
            modify(tx, (FleetApi::Ec2, &account), &id, now, |fleet| {
                dry_run(dry)?;
                if let Some(target) = target {
                    fleet.target = target;
                }
                fleet.ends_excess = ends_excess.unwrap_or(fleet.ends_excess);
                if let Some(configs) = configs {
                    fleet.configs = configs;
                }
                Ok(())
            })
        })
        .await?;
    Ok(ModifyFleetResult { r#return: Some(true) })
}
