//! `ModifyFleet`: only one that is maintained can become another.

use std::sync::Arc;

use freehold_api::ec2::{ModifyFleetRequest, ModifyFleetResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::lookup::{not_modifiable, one};
use super::request;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::fleet::records::{Note, record};
use crate::model::{FleetApi, FleetKind, FleetState};
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
            let mut fleet = one(tx, FleetApi::Ec2, &account, &id)?;
            if fleet.kind != FleetKind::Maintain || !fleet.state.is_live() {
                return Err(not_modifiable(&fleet));
            }
            dry_run(dry)?;
            fleet.target = target.unwrap_or(fleet.target);
            fleet.ends_excess = ends_excess.unwrap_or(fleet.ends_excess);
            fleet.configs = configs.unwrap_or(fleet.configs);
            // What was not to be had may be now.
            fleet.avoided.clear();
            if fleet.state == FleetState::Active {
                fleet.state = FleetState::Modifying;
            }
            record(tx, &mut fleet, Note::fleet("modify_in_progress"), now)?;
            Ok::<_, Error>(tx.put(&fleet)?)
        })
        .await?;
    Ok(ModifyFleetResult { r#return: Some(true) })
}
