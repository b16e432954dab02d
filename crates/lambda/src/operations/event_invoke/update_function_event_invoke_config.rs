//! UpdateFunctionEventInvokeConfig: what is not mentioned stays.

use std::sync::Arc;

use freehold_api::lambda::{FunctionEventInvokeConfig, UpdateFunctionEventInvokeConfigRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{Wanted, check_destinations, id, missing, view};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::EventInvoke;
use crate::names::FunctionName;

pub(super) async fn update_function_event_invoke_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: UpdateFunctionEventInvokeConfigRequest,
) -> Result<FunctionEventInvokeConfig, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    lookup::qualified(&lambda.store, &name)?;
    check_destinations(&lambda, &name, input.destination_config.as_ref())?;
    let (id, now) = (id(&name), lambda.now());
    let wanted = Wanted {
        retries: input.maximum_retry_attempts,
        max_age: input.maximum_event_age_in_seconds,
        destinations: input.destination_config,
    };
    let changed = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut config = tx.get::<EventInvoke>(&id)?.ok_or_else(|| missing(&id))?;
        wanted.apply(&mut config);
        config.modified = now;
        tx.put(&config)?;
        Ok(config)
    });
    Ok(view(changed.await?))
}
