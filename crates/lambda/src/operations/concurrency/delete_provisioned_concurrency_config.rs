//! DeleteProvisionedConcurrencyConfig. The reconciler that keeps environments ready lets them go.

use std::sync::Arc;

use freehold_api::lambda::DeleteProvisionedConcurrencyConfigRequest;
use freehold_store::StoreExt;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::{find, qualified};
use crate::Lambda;
use crate::errors::Error;
use crate::metering;

pub(super) async fn delete_provisioned_concurrency_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteProvisionedConcurrencyConfigRequest,
) -> Result<Unit, freehold_wire::Error> {
    let name = qualified(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let found = find(&lambda, &name)?;
    let now = lambda.now();
    let deleted = lambda.store.transact::<_, Error, _>(move |tx| Ok(metering::release(tx, &found.arn, now)?));
    deleted.await?;
    Ok(Unit)
}
