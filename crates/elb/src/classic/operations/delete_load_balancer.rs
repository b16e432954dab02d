//! DeleteLoadBalancer. One that does not exist is deleted already.

use std::sync::Arc;

use freehold_api::elb::{DeleteAccessPointInput, DeleteAccessPointOutput};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::lookup;
use crate::Elb;
use crate::classic::errors::Error;
use crate::metering;

pub(super) async fn delete_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: DeleteAccessPointInput,
) -> Result<DeleteAccessPointOutput, freehold_wire::Error> {
    let (account, name) = (call.account().to_owned(), lookup::name(input.load_balancer_name)?);
    let now = elb.now();
    let nodes = Arc::clone(&elb.nodes);
    let deleted = elb.store.transact::<_, Error, _>(move |tx| {
        if let Some(balancer) = lookup::within(tx, &account, &name)? {
            let status = nodes.status(&balancer.arn);
            metering::delete(tx, balancer, status.as_deref(), now)?;
        }
        Ok(())
    });
    deleted.await?;
    Ok(DeleteAccessPointOutput {})
}
