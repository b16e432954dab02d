//! SetLoadBalancerListenerSSLCertificate.

use std::sync::Arc;

use freehold_api::elb::{SetLoadBalancerListenerSSLCertificateInput, SetLoadBalancerListenerSSLCertificateOutput};
use freehold_wire::Call;

use super::listeners;
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::protocol;

pub(super) async fn set_load_balancer_listener_ssl_certificate(
    elb: Arc<Elb>,
    call: Call,
    input: SetLoadBalancerListenerSSLCertificateInput,
) -> Result<SetLoadBalancerListenerSSLCertificateOutput, freehold_wire::Error> {
    let port = listeners::port("LoadBalancerPort", input.load_balancer_port)?;
    let arn = input.ssl_certificate_id.unwrap_or_default();
    let (balancer, _) = elb.classic(call.account(), input.load_balancer_name)?;
    elb.check_certificates(call.account(), std::slice::from_ref(&arn)).await.map_err(Error::from)?;
    let set = elb.change_classic(call.account(), Some(balancer.name), move |_, classic| {
        let found = classic.listeners.iter_mut().find(|listener| listener.port == port);
        let listener = found.ok_or(Error::ListenerNotFound(port))?;
        if listener.certificate.is_none() {
            let why = format!("A listener with the protocol {} has no certificate", protocol(listener.protocol));
            return Err(Error::configuration(why));
        }
        listener.certificate = Some(arn);
        Ok(())
    });
    set.await?;
    Ok(SetLoadBalancerListenerSSLCertificateOutput {})
}
