//! DeleteLoadBalancer. Its listeners and rules go with it, at once; its node and addresses are taken back by reconcilers.
//! One that does not exist is deleted already.

use std::sync::Arc;

use freehold_api::elbv2::{DeleteLoadBalancerInput, DeleteLoadBalancerOutput};
use freehold_balancer::status::Status;
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use crate::Elb;
use crate::errors::Error;
use crate::metering;
use crate::model::{Listener, LoadBalancer, Rule, attributes};
use crate::operations::lookup;

pub(super) async fn delete_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: DeleteLoadBalancerInput,
) -> Result<DeleteLoadBalancerOutput, freehold_wire::Error> {
    let (account, arn) = (call.account().to_owned(), input.load_balancer_arn.unwrap_or_default());
    let now = elb.now();
    let status = elb.nodes.status(&arn);
    elb.store.transact::<_, Error, _>(move |tx| delete(tx, &account, &arn, status.as_deref(), now)).await?;
    Ok(DeleteLoadBalancerOutput {})
}

fn delete(tx: &mut dyn Tx, account: &str, arn: &str, status: Option<&Status>, now: Timestamp) -> Result<(), Error> {
    let balancer: LoadBalancer = match lookup::within(tx, account, arn) {
        Err(Error::LoadBalancerNotFound) => return Ok(()),
        found => found?,
    };
    if attributes::of_balancer(&balancer).is("deletion_protection.enabled") {
        let why = format!("Load balancer '{arn}' cannot be deleted because deletion protection is enabled");
        return Err(Error::OperationNotPermitted(why));
    }
    for rule in tx.list::<Rule>(&Filter::index(1, arn))? {
        tx.delete::<Rule>(&rule.arn)?;
    }
    for listener in tx.list::<Listener>(&Filter::index(0, arn))? {
        tx.delete::<Listener>(&listener.arn)?;
    }
    Ok(metering::delete(tx, balancer, status, now)?)
}
