//! ListTagsForCertificate.

use std::sync::Arc;

use freehold_api::acm::{ListTagsForCertificateRequest, ListTagsForCertificateResponse};
use freehold_wire::Call;

use super::tags;
use crate::Acm;

pub(super) async fn list_tags_for_certificate(
    acm: Arc<Acm>,
    call: Call,
    input: ListTagsForCertificateRequest,
) -> Result<ListTagsForCertificateResponse, freehold_wire::Error> {
    let certificate = acm.find(&call, &input.certificate_arn.unwrap_or_default())?;
    Ok(ListTagsForCertificateResponse { tags: Some(tags::shown(certificate.tags)) })
}
