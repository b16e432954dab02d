//! PutProvisionedConcurrencyConfig: so many environments of a version or an alias are kept ready.

use std::sync::Arc;

use freehold_api::lambda::{PutProvisionedConcurrencyConfigRequest, PutProvisionedConcurrencyConfigResponse};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::{check_left, provisioned, qualified, unpublished};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::metering;
use crate::model::{Alias, Provisioned, Version, modified};
use crate::names::{FunctionName, is_version};

pub(super) async fn put_provisioned_concurrency_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutProvisionedConcurrencyConfigRequest,
) -> Result<PutProvisionedConcurrencyConfigResponse, freehold_wire::Error> {
    let name = qualified(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let wanted = input.provisioned_concurrent_executions.unwrap_or_default();
    let requested = u32::try_from(wanted).map_err(|_| Error::invalid("ProvisionedConcurrentExecutions is negative"))?;
    let now = lambda.now();
    let kept = lambda.store.transact::<_, Error, _>(move |tx| {
        let function = lookup::function(&mut *tx, &name)?;
        let version = lookup::version(&mut *tx, &name)?;
        check_place(tx, &name, &version)?;
        let arn = name.qualified_arn();
        let total = provisioned(tx, &function.arn, &arn)? + requested;
        if function.reserved.is_some_and(|reserved| total > reserved) {
            return Err(Error::invalid(format!(
                "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function \
                 ({total})"
            )));
        }
        check_left(tx, &function.account, &function, total, "ConcurrentExecutions")?;
        let kept = Provisioned {
            arn,
            function: function.arn,
            account: function.account,
            requested,
            modified: now,
            paid: None,
        };
        metering::provision(tx, kept.clone(), version.settings.memory_mib, now)?;
        Ok(kept)
    });
    let kept = kept.await?;
    Ok(PutProvisionedConcurrencyConfigResponse {
        requested_provisioned_concurrent_executions: Some(wanted),
        allocated_provisioned_concurrent_executions: Some(0),
        available_provisioned_concurrent_executions: Some(0),
        status: Some("IN_PROGRESS".into()),
        status_reason: None,
        last_modified: Some(modified(kept.modified)),
    })
}

/// What changes cannot be kept ready, and one version is kept ready in one way: by its number, or by an alias.
fn check_place(tx: &mut dyn Tx, name: &FunctionName, version: &Version) -> Result<(), Error> {
    if version.is_latest() {
        return Err(unpublished());
    }
    if !is_version(name.qualifier()) {
        return match tx.get::<Provisioned>(version.qualified_arn())? {
            Some(_) => Err(Error::Conflict(
                "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
                    .into(),
            )),
            None => Ok(()),
        };
    }
    for alias in tx.list::<Alias>(&Filter::index(0, &*version.function))? {
        let has_version = alias.version == version.number || alias.weights.contains_key(&version.number);
        if has_version && tx.get::<Provisioned>(alias.arn())?.is_some() {
            return Err(Error::Conflict("Version is pointed to by a Provisioned Concurrency alias".into()));
        }
    }
    Ok(())
}
