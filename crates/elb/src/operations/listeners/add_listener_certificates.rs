//! AddListenerCertificates. One that is there already stays.

use std::sync::Arc;

use freehold_api::elbv2::{AddListenerCertificatesInput, AddListenerCertificatesOutput, Certificate};
use freehold_store::{Filter, Tx, TxExt};
use freehold_wire::Call;

use super::certificates;
use crate::Elb;
use crate::errors::Error;
use crate::model::Listener;
use crate::operations::quotas;

pub(super) async fn add_listener_certificates(
    elb: Arc<Elb>,
    call: Call,
    input: AddListenerCertificatesInput,
) -> Result<AddListenerCertificatesOutput, freehold_wire::Error> {
    let arn = input.listener_arn.unwrap_or_default();
    let added = certificates::arns(input.certificates)?;
    certificates::listener(&elb, &call, &arn)?;
    elb.check_certificates(call.account(), &added).await?;
    let shown = added.iter().map(|arn| Certificate { certificate_arn: Some(arn.clone()), is_default: Some(false) });
    let shown = shown.collect();
    elb.change::<Listener, _>(call.account(), &arn, move |tx, listener| add(tx, listener, added)).await?;
    Ok(AddListenerCertificatesOutput { certificates: Some(shown) })
}

fn add(tx: &mut dyn Tx, listener: &mut Listener, added: Vec<String>) -> Result<(), Error> {
    for arn in added {
        if !listener.certificates.contains(&arn) {
            listener.certificates.push(arn);
        }
    }
    let others = tx.list::<Listener>(&Filter::index(0, &listener.load_balancer))?;
    let others = others.iter().filter(|other| other.arn != listener.arn).chain([&*listener]);
    let extra: usize = others.map(|listener| listener.certificates.len().saturating_sub(1)).sum();
    if extra > quotas::CERTIFICATES_PER_BALANCER {
        let why = format!("A load balancer can have up to {} certificates", quotas::CERTIFICATES_PER_BALANCER);
        return Err(Error::too_many("TooManyCertificates", why));
    }
    Ok(())
}
