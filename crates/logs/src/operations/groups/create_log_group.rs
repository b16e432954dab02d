//! CreateLogGroup.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::logs::CreateLogGroupRequest;
use freehold_core::tags::Tags;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Logs;
use crate::errors::Error;
use crate::model::{Class, Group};
use crate::operations::tags::merged;

pub(super) async fn create_log_group(
    state: Arc<Logs>,
    call: Call,
    input: CreateLogGroupRequest,
) -> Result<Unit, freehold_wire::Error> {
    if input.kms_key_id.is_some() {
        return Err(Error::not_here("kmsKeyId").into());
    }
    let class = match input.log_group_class.as_deref() {
        None | Some("STANDARD") => Class::Standard,
        Some("INFREQUENT_ACCESS") => Class::InfrequentAccess,
        Some(other) => {
            let sentence = format!("Freehold does not have the logGroupClass {other} yet.");
            return Err(Error::InvalidParameter(sentence).into());
        }
    };
    let name = input.log_group_name.unwrap_or_default();
    // API reference, CreateLogGroup: names of groups can't start with this.
    if name.starts_with("aws/") {
        return Err(Error::InvalidParameter("Log groups starting with 'aws/' are reserved for AWS.".into()).into());
    }
    let group = Group {
        id: Group::id_of(call.account(), &name),
        number: rand::random_range(1..i64::MAX),
        account: call.account().to_owned(),
        name,
        created: state.now(),
        class,
        retention_days: None,
        is_protected: input.deletion_protection_enabled.unwrap_or(false),
        tags: merged(&Tags::new(), &input.tags.unwrap_or_default())?,
        metric_filters: BTreeMap::new(),
        subscriptions: BTreeMap::new(),
    };
    let create = move |tx: &mut dyn freehold_store::Tx| {
        if tx.get::<Group>(&group.id)?.is_some() {
            return Err(Error::GroupExists);
        }
        Ok(tx.put(&group)?)
    };
    state.store.transact::<_, Error, _>(create).await?;
    Ok(Unit)
}
