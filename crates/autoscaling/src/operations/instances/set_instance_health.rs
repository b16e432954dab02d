//! `SetInstanceHealth`: health checks of the owner's own.

use std::sync::Arc;

use freehold_api::autoscaling::SetInstanceHealthQuery;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::members::of_instance;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Group, Health, later};
use crate::operations::check;
use crate::plan::sentences::{self, Finding};

pub(super) async fn set_instance_health(
    own: Arc<AutoScaling>,
    call: Call,
    input: SetInstanceHealthQuery,
) -> Result<Unit> {
    let id = check::required("InstanceId", input.instance_id)?;
    let said = input.health_status.unwrap_or_default();
    let health = Health::parse(&said).ok_or_else(|| {
        Error::validation(format!("Health status '{said}' is not valid. Valid values are: Healthy, Unhealthy"))
    })?;
    let respects = input.should_respect_grace_period.unwrap_or(true);
    let (account, now) = (call.account().to_owned(), own.now());
    own.store
        .transact(move |tx| {
            let mut member = of_instance(tx, &account, &id)?.ok_or_else(|| Error::no_instance(&id))?;
            let group = tx.get::<Group>(&member.group)?.ok_or_else(|| Error::no_instance(&id))?;
            let is_young = member.in_service_since.is_none_or(|since| now < later(since, group.grace_period));
            if health == Health::Unhealthy && respects && is_young {
                return Ok(());
            }
            member.health = health;
            member.sickness = (health == Health::Unhealthy).then(|| sentences::unhealthy(now, Finding::User));
            Ok::<_, Error>(tx.put(&member)?)
        })
        .await?;
    Ok(Unit)
}
