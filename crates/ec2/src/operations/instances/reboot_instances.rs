//! `RebootInstances`.

use std::sync::Arc;

use freehold_api::ec2::RebootInstancesRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::errors::{Error, Result};
use crate::model::{Instance, InstanceState};
use crate::operations::dry_run;
use crate::{Ec2, lookup};

pub async fn reboot_instances(ec2: Arc<Ec2>, call: Call, input: RebootInstancesRequest) -> Result<Unit> {
    let ids = input.instance_ids.filter(|ids| !ids.is_empty()).ok_or(Error::MissingParameter("InstanceId"))?;
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let instances: Vec<Instance> = lookup::many(tx, &account, &ids)?;
            for mut instance in instances {
                if instance.state != InstanceState::Running {
                    return Err(Error::IncorrectInstanceState(format!(
                        "The instance '{}' is not in a state from which it can be rebooted.",
                        instance.id
                    )));
                }
                instance.reboot_asked = true;
                tx.put(&instance)?;
            }
            dry_run(input.dry_run)
        })
        .await?;
    Ok(Unit {})
}
