//! PutFunctionEventInvokeConfig: what was configured before is gone.

use std::sync::Arc;

use freehold_api::lambda::{FunctionEventInvokeConfig, PutFunctionEventInvokeConfigRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{Wanted, check_destinations, id, view};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::EventInvoke;
use crate::names::FunctionName;

pub(super) async fn put_function_event_invoke_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutFunctionEventInvokeConfigRequest,
) -> Result<FunctionEventInvokeConfig, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    lookup::qualified(&lambda.store, &name)?;
    if input.maximum_retry_attempts.is_none()
        && input.maximum_event_age_in_seconds.is_none()
        && input.destination_config.is_none()
    {
        return Err(Error::invalid("You must specify at least one of error handling or destination setting.").into());
    }
    check_destinations(&lambda, &name, input.destination_config.as_ref())?;
    let mut config = EventInvoke {
        arn: id(&name),
        function: name.arn(),
        account: name.account.clone(),
        modified: lambda.now(),
        retries: None,
        max_age: None,
        on_success: None,
        on_failure: None,
    };
    let wanted = Wanted {
        retries: input.maximum_retry_attempts,
        max_age: input.maximum_event_age_in_seconds,
        destinations: input.destination_config,
    };
    wanted.apply(&mut config);
    let kept = lambda.store.transact::<_, Error, _>(move |tx| {
        lookup::qualified(&mut *tx, &name)?;
        tx.put(&config)?;
        Ok(config)
    });
    Ok(view(kept.await?))
}
