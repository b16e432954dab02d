//! GetCertificate.

use std::sync::Arc;

use freehold_api::acm::{GetCertificateRequest, GetCertificateResponse};
use freehold_wire::Call;

use crate::Acm;

pub(super) async fn get_certificate(
    acm: Arc<Acm>,
    call: Call,
    input: GetCertificateRequest,
) -> Result<GetCertificateResponse, freehold_wire::Error> {
    let certificate = acm.find(&call, &input.certificate_arn.unwrap_or_default())?;
    Ok(GetCertificateResponse { certificate: Some(certificate.body), certificate_chain: certificate.chain })
}
