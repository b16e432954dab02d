//! PutFunctionRecursionConfig: whether the function may be invoked in a loop of its own making.

use std::sync::Arc;

use freehold_api::lambda::{PutFunctionRecursionConfigRequest, PutFunctionRecursionConfigResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::names::FunctionName;

pub(super) async fn put_function_recursion_config(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutFunctionRecursionConfigRequest,
) -> Result<PutFunctionRecursionConfigResponse, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    let allows = input.recursive_loop.as_deref() == Some("Allow");
    let kept = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut function = lookup::function(&mut *tx, &name)?;
        function.allows_loops = allows;
        Ok(tx.put(&function)?)
    });
    kept.await?;
    Ok(PutFunctionRecursionConfigResponse { recursive_loop: input.recursive_loop })
}
