//! DeleteAlarms: all of them or none.

use std::collections::BTreeSet;
use std::sync::Arc;

use freehold_api::cloudwatch::DeleteAlarmsInput;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;
use serde_json::json;

use super::view;
use crate::CloudWatch;
use crate::errors::Error;
use crate::model::{Alarm, Entry, EntryKind};

pub(super) async fn delete_alarms(
    state: Arc<CloudWatch>,
    call: Call,
    input: DeleteAlarmsInput,
) -> Result<Unit, freehold_wire::Error> {
    let names: BTreeSet<String> = input.alarm_names.unwrap_or_default().into_iter().collect();
    let find = |name: &String| state.book.get(call.account(), name).ok_or_else(|| Error::NoAlarm(name.clone()));
    let alarms = names.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    if alarms.iter().filter(|alarm| alarm.composite().is_some()).count() > 1 {
        return Err(Error::Validation("Only one composite alarm can be deleted at once.".into()).into());
    }
    for alarm in &alarms {
        let parents = state.parents(alarm);
        if let Some(parent) = parents.iter().find(|parent| !names.contains(&parent.name)) {
            return Err(Error::Validation(format!(
                "Cannot delete {} as there are composite alarm(s) depending on it: {}.",
                alarm.name, parent.name
            ))
            .into());
        }
    }
    let (arns, now): (Vec<String>, _) = (alarms.iter().map(|alarm| alarm.arn.clone()).collect(), state.now());
    let ids = arns.clone();
    let delete = move |tx: &mut dyn freehold_store::Tx| {
        for id in &ids {
            let Some(alarm) = tx.get::<Alarm>(id)? else { continue };
            tx.delete::<Alarm>(id)?;
            let data = json!({"version": "1.0", "type": "Delete", "deletedAlarm": view::summary(&alarm)});
            let summary = format!("Alarm \"{}\" deleted", alarm.name);
            tx.put(&Entry::new(&alarm, now, EntryKind::ConfigurationUpdate, summary, &data))?;
        }
        Ok(())
    };
    state.store.transact::<_, Error, _>(delete).await?;
    for arn in &arns {
        state.book.refresh(arn).map_err(Error::from)?;
    }
    Ok(Unit)
}
