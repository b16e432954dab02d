//! DescribeCertificate.

use std::sync::Arc;

use freehold_api::acm::{DescribeCertificateRequest, DescribeCertificateResponse};
use freehold_wire::Call;

use super::view;
use crate::Acm;

pub(super) async fn describe_certificate(
    acm: Arc<Acm>,
    call: Call,
    input: DescribeCertificateRequest,
) -> Result<DescribeCertificateResponse, freehold_wire::Error> {
    let certificate = acm.find(&call, &input.certificate_arn.unwrap_or_default())?;
    let users = acm.users(&certificate);
    Ok(DescribeCertificateResponse { certificate: Some(view::detail(&certificate, users, acm.now())) })
}
