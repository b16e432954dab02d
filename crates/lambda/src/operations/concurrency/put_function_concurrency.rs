//! PutFunctionConcurrency: reserves.

use std::sync::Arc;

use freehold_api::lambda::{Concurrency, PutFunctionConcurrencyRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{check_left, provisioned};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::names::FunctionName;

pub(super) async fn put_function_concurrency(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutFunctionConcurrencyRequest,
) -> Result<Concurrency, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let wanted = input.reserved_concurrent_executions.unwrap_or_default();
    let reserved = u32::try_from(wanted).map_err(|_| Error::invalid("ReservedConcurrentExecutions is negative"))?;
    let kept = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut function = lookup::function(&mut *tx, &name)?;
        function.reserved = Some(reserved);
        check_left(tx, &function.account.clone(), &function, 0, "ReservedConcurrentExecutions")?;
        let provisioned = provisioned(tx, &function.arn, "")?;
        if provisioned > reserved {
            return Err(Error::invalid(format!(
                "ReservedConcurrentExecutions {reserved} should not be lower than function's total provisioned \
                 concurrency [{provisioned}]."
            )));
        }
        Ok(tx.put(&function)?)
    });
    kept.await?;
    Ok(Concurrency { reserved_concurrent_executions: Some(wanted) })
}
