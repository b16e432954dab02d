//! DeleteLoadBalancer. One that does not exist is deleted already.

use std::sync::Arc;

use freehold_api::elb::{DeleteAccessPointInput, DeleteAccessPointOutput};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::lookup;
use crate::Elb;
use crate::classic::errors::Error;

pub(super) async fn delete_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: DeleteAccessPointInput,
) -> Result<DeleteAccessPointOutput, freehold_wire::Error> {
    let (account, name) = (call.account().to_owned(), lookup::name(input.load_balancer_name)?);
    let deleted = elb.store.transact::<_, Error, _>(move |tx| {
        if let Some(mut balancer) = lookup::within(tx, &account, &name)? {
            balancer.deleted = true;
            tx.put(&balancer)?;
        }
        Ok(())
    });
    deleted.await?;
    Ok(DeleteAccessPointOutput {})
}
