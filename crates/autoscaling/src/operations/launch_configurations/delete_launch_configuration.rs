//! `DeleteLaunchConfiguration`: one that no group uses.

use std::sync::Arc;

use freehold_api::autoscaling::LaunchConfigurationNameType;
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Group, LaunchConfiguration, LaunchSource};
use crate::operations::check;

pub(super) async fn delete_launch_configuration(
    own: Arc<AutoScaling>,
    call: Call,
    input: LaunchConfigurationNameType,
) -> Result<Unit> {
    let name = check::required("LaunchConfigurationName", input.launch_configuration_name)?;
    let account = call.account().to_owned();
    own.store
        .transact(move |tx| {
            let uses = |group: &&Group| matches!(&group.source, LaunchSource::Configuration(its) if *its == name);
            if let Some(group) = tx.list::<Group>(&Filter::account(&account))?.iter().find(uses) {
                return Err(Error::ResourceInUse(format!(
                    "Cannot delete launch configuration {name} because it is attached to AutoScalingGroup {}",
                    group.name
                )));
            }
            if !tx.delete::<LaunchConfiguration>(&LaunchConfiguration::id(&account, &name))? {
                return Err(Error::validation(format!(
                    "Launch configuration name not found - Launch configuration {name} not found"
                )));
            }
            Ok(Unit)
        })
        .await
}
