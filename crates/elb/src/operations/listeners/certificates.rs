//! Certificates of listeners besides the default one.

use std::sync::Arc;

use freehold_api::elbv2::Certificate;
use freehold_wire::Call;

use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, names};

/// The ARNs of a request, each once.
pub(super) fn arns(certificates: Option<Vec<Certificate>>) -> Result<Vec<String>, Error> {
    let mut arns: Vec<String> = Vec::new();
    for certificate in certificates.unwrap_or_default() {
        if certificate.is_default.is_some() {
            return Err(Error::invalid("IsDefault must not be specified for certificates of a list"));
        }
        let arn = certificate.certificate_arn.unwrap_or_default();
        if !arns.contains(&arn) {
            arns.push(arn);
        }
    }
    if arns.is_empty() {
        return Err(Error::invalid("At least one certificate must be specified"));
    }
    Ok(arns)
}

/// A listener of the caller's that has certificates.
pub(super) fn listener(elb: &Arc<Elb>, call: &Call, arn: &str) -> Result<Listener, Error> {
    let listener: Listener = elb.find(call.account(), arn)?;
    if names::is_secure(listener.protocol) {
        return Ok(listener);
    }
    let protocol = names::protocol(listener.protocol);
    Err(Error::invalid(format!("Listener '{arn}' has the protocol {protocol}, which has no certificates")))
}
