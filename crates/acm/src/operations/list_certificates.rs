//! ListCertificates.

use std::sync::Arc;

use freehold_api::acm::{Filters, ListCertificatesRequest, ListCertificatesResponse};
use freehold_core::pagination::{self, Query};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;
use jiff::Timestamp;

use super::view;
use crate::Acm;
use crate::errors::Error;
use crate::model::Certificate;

/// *ListCertificates: MaxItems: valid range up to 1000*, and what there is without it.
const MOST: usize = 1000;
/// *ListCertificates*: without `keyTypes` only these.
const DEFAULT_KEYS: [&str; 2] = ["RSA_1024", "RSA_2048"];

pub(super) async fn list_certificates(
    acm: Arc<Acm>,
    call: Call,
    input: ListCertificatesRequest,
) -> Result<ListCertificatesResponse, freehold_wire::Error> {
    let (page, next_token) = list(&acm, &call, input)?;
    let shown = page.iter().map(|it| view::summary(it, !acm.users(it).is_empty(), acm.now())).collect();
    Ok(ListCertificatesResponse { certificate_summary_list: Some(shown), next_token })
}

fn list(acm: &Acm, call: &Call, input: ListCertificatesRequest) -> Result<(Vec<Certificate>, Option<String>), Error> {
    if input.sort_by.is_some() != input.sort_order.is_some() {
        return Err(Error::invalid("SortBy and SortOrder must be specified together."));
    }
    let query = Query::new([
        "ListCertificates".to_owned(),
        call.account().to_owned(),
        format!("{:?} {:?}", input.certificate_statuses, input.certificate_key_pair_origins),
        format!("{:?} {:?}", input.includes, input.sort_order),
    ]);
    let now = acm.now();
    let mut found = acm.store.list::<Certificate>(&Filter::account(call.account()))?;
    found.retain(|certificate| matches(certificate, &input, now));
    // Equal times are told apart by the ARN, so that a page ends where the next begins.
    let key = |certificate: &Certificate| match input.sort_by {
        Some(_) => format!("{:020} {}", certificate.created.as_microsecond(), certificate.arn),
        None => certificate.arn.clone(),
    };
    let mut keyed: Vec<(String, Certificate)> = found.into_iter().map(|it| (key(&it), it)).collect();
    keyed.sort_by(|one, other| one.0.cmp(&other.0));
    let descends = input.sort_order.as_deref() == Some("DESCENDING");
    if descends {
        keyed.reverse();
    }
    if let Some(token) = &input.next_token {
        let after = query.position(token).map_err(|_| Error::InvalidArgs("The NextToken is not valid.".into()))?;
        keyed.retain(|(key, _)| if descends { *key < after } else { *key > after });
    }
    let size = input.max_items.and_then(|size| usize::try_from(size).ok()).unwrap_or(MOST);
    let (page, next) = pagination::page(keyed, size, &query, |(key, _)| key);
    Ok((page.into_iter().map(|(_, certificate)| certificate).collect(), next))
}

fn matches(certificate: &Certificate, input: &ListCertificatesRequest, now: Timestamp) -> bool {
    let is_among = |wanted: &Option<Vec<String>>, value: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.is_empty() || wanted.iter().any(|one| one == value))
    };
    let origin = if certificate.is_imported() { "CUSTOMER_PROVIDED" } else { "AWS_MANAGED" };
    is_among(&input.certificate_statuses, certificate.status(now))
        && is_among(&input.certificate_key_pair_origins, origin)
        && is_included(certificate, input.includes.as_ref().unwrap_or(&Filters::default()))
}

fn is_included(certificate: &Certificate, includes: &Filters) -> bool {
    let facts = &certificate.facts;
    let key = facts.key_algorithm.name();
    let has_key = match includes.key_types.as_deref() {
        None | Some([]) => DEFAULT_KEYS.contains(&key),
        Some(wanted) => wanted.iter().any(|one| one == key),
    };
    let all = |wanted: &Option<Vec<String>>, has: &dyn Fn(&str) -> bool| {
        wanted.iter().flatten().all(|one| one == "ANY" || has(one))
    };
    has_key
        && all(&includes.key_usage, &|name| facts.key_usages.iter().any(|usage| usage == name))
        && all(&includes.extended_key_usage, &|name| facts.extended_key_usages.iter().any(|(usage, _)| usage == name))
        && includes.export_option.as_deref().is_none_or(|option| option == "DISABLED")
        && includes.managed_by.is_none()
}
