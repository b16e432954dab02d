//! DescribeListenerCertificates: the default one, and the others.

use std::sync::Arc;

use freehold_api::elbv2::{Certificate, DescribeListenerCertificatesInput, DescribeListenerCertificatesOutput};
use freehold_wire::Call;

use crate::Elb;
use crate::model::Listener;
use crate::operations::pages;

pub(super) async fn describe_listener_certificates(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeListenerCertificatesInput,
) -> Result<DescribeListenerCertificatesOutput, freehold_wire::Error> {
    let listener: Listener = elb.find(call.account(), &input.listener_arn.unwrap_or_default())?;
    let default = listener.certificates.first().cloned();
    let (page, next_marker) =
        pages::cut(&call, listener.certificates, &[&listener.arn], input.marker, input.page_size, |arn| arn)?;
    let shown =
        |arn: String| Certificate { is_default: Some(default.as_ref() == Some(&arn)), certificate_arn: Some(arn) };
    Ok(DescribeListenerCertificatesOutput { certificates: Some(page.into_iter().map(shown).collect()), next_marker })
}
