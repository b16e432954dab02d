//! One file per operation, named as AWS names it.

mod add_tags_to_certificate;
mod delete_certificate;
mod describe_certificate;
mod get_certificate;
mod import_certificate;
mod list_certificates;
mod list_tags_for_certificate;
mod lookup;
mod names;
mod remove_tags_from_certificate;
mod request_certificate;
mod tags;
mod view;

use std::sync::Arc;

use freehold_api::acm::{self, op};
use freehold_wire::Service;

use crate::Acm;

/// Of one account (*ACM user guide, Quotas*).
const MOST_CERTIFICATES: usize = 2500;

/// The service `acm`.
pub(crate) fn service(state: &Arc<Acm>) -> Service {
    Service::new(&acm::MODEL)
        .on(op::AddTagsToCertificate, state, add_tags_to_certificate::add_tags_to_certificate)
        .on(op::DeleteCertificate, state, delete_certificate::delete_certificate)
        .on(op::DescribeCertificate, state, describe_certificate::describe_certificate)
        .on(op::GetCertificate, state, get_certificate::get_certificate)
        .on(op::ImportCertificate, state, import_certificate::import_certificate)
        .on(op::ListCertificates, state, list_certificates::list_certificates)
        .on(op::ListTagsForCertificate, state, list_tags_for_certificate::list_tags_for_certificate)
        .on(op::RemoveTagsFromCertificate, state, remove_tags_from_certificate::remove_tags_from_certificate)
        .on(op::RequestCertificate, state, request_certificate::request_certificate)
}
