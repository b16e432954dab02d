//! RemoveListenerCertificates. One that is not there is removed already; the default one is changed by ModifyListener.

use std::sync::Arc;

use freehold_api::elbv2::{RemoveListenerCertificatesInput, RemoveListenerCertificatesOutput};
use freehold_wire::Call;

use super::certificates;
use crate::Elb;
use crate::errors::Error;
use crate::model::Listener;

pub(super) async fn remove_listener_certificates(
    elb: Arc<Elb>,
    call: Call,
    input: RemoveListenerCertificatesInput,
) -> Result<RemoveListenerCertificatesOutput, freehold_wire::Error> {
    let arn = input.listener_arn.unwrap_or_default();
    let removed = certificates::arns(input.certificates)?;
    certificates::listener(&elb, &call, &arn)?;
    let changed = elb.change::<Listener, _>(call.account(), &arn, move |_, listener| {
        if listener.certificates.first().is_some_and(|default| removed.contains(default)) {
            let why = format!("The default certificate of listener '{}' cannot be removed", listener.arn);
            return Err(Error::OperationNotPermitted(why));
        }
        listener.certificates.retain(|arn| !removed.contains(arn));
        Ok(())
    });
    changed.await?;
    Ok(RemoveListenerCertificatesOutput {})
}
