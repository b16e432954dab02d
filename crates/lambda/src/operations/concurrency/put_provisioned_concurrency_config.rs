//! PutProvisionedConcurrencyConfig: so many environments of a version or an alias are kept ready.

use std::sync::Arc;

use freehold_api::lambda::{PutProvisionedConcurrencyConfigRequest, PutProvisionedConcurrencyConfigResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::{check_left, provisioned, qualified};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::metering;
use crate::model::{Provisioned, modified};

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
