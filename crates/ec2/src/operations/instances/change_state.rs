//! What StartInstances, StopInstances and TerminateInstances have in common: all of the named instances change, or
//! none, and the answer tells each one's state before and after.

use std::sync::Arc;

use freehold_api::ec2::InstanceStateChange;
use freehold_store::{StoreExt, Tx};

use super::view;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup;
use crate::metering::put_instance;
use crate::model::{Event, Instance};
use crate::operations::dry_run;

/// One of the three.
pub struct Change {
    pub event: Event,
    /// In *is not in a state from which it can be started*.
    pub participle: &'static str,
}

/// Lets the event happen to all. `check` refuses one; `effect` does what goes along with a change, in the same
/// transaction.
pub async fn change_state(
    ec2: &Arc<Ec2>,
    account: &str,
    ids: Option<Vec<String>>,
    dry: Option<bool>,
    change: Change,
    check: impl Fn(&Instance) -> Result<()> + Send + 'static,
    effect: impl Fn(&Ec2, &mut dyn Tx, &mut Instance) -> Result<()> + Send + 'static,
) -> Result<Vec<InstanceStateChange>> {
    let ids = ids.filter(|ids| !ids.is_empty()).ok_or(Error::MissingParameter("InstanceId"))?;
    let (writer, account) = (Arc::clone(ec2), account.to_owned());
    ec2.store
        .transact(move |tx| {
            let instances: Vec<Instance> = lookup::many(tx, &account, &ids)?;
            for instance in &instances {
                check(instance)?;
            }
            let now = writer.now();
            let mut changes = Vec::with_capacity(instances.len());
            for before in instances {
                let mut instance = before.clone();
                let outcome = instance.apply(change.event, now).map_err(|_| {
                    let (id, participle) = (&instance.id, change.participle);
                    Error::IncorrectInstanceState(format!(
                        "The instance '{id}' is not in a state from which it can be {participle}."
                    ))
                })?;
                effect(&writer, tx, &mut instance)?;
                if instance != before {
                    put_instance(tx, &before, &instance, now)?;
                }
                changes.push(InstanceStateChange {
                    instance_id: Some(instance.id),
                    current_state: Some(view::state(outcome.to)),
                    previous_state: Some(view::state(outcome.from)),
                });
            }
            dry_run(dry)?;
            Ok(changes)
        })
        .await
}
