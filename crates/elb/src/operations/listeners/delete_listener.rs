//! DeleteListener. Its rules go with it.

use std::sync::Arc;

use freehold_api::elbv2::{DeleteListenerInput, DeleteListenerOutput};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, Rule};
use crate::operations::lookup;

pub(super) async fn delete_listener(
    elb: Arc<Elb>,
    call: Call,
    input: DeleteListenerInput,
) -> Result<DeleteListenerOutput, freehold_wire::Error> {
    let (account, arn) = (call.account().to_owned(), input.listener_arn.unwrap_or_default());
    let deleted = elb.store.transact::<_, Error, _>(move |tx| {
        let listener: Listener = lookup::within(tx, &account, &arn)?;
        for rule in tx.list::<Rule>(&Filter::index(0, &listener.arn))? {
            tx.delete::<Rule>(&rule.arn)?;
        }
        tx.delete::<Listener>(&listener.arn)?;
        Ok(())
    });
    deleted.await?;
    Ok(DeleteListenerOutput {})
}
